/** What the tabulator stops at. */
const STOPS = 'button, select, summary, a[href], [tabindex="0"]';
/** The widest that a place is looked for in; they get the focus themselves. */
const PARTS = 'section, main';

/** Where the focus is: an element, and its place among the stops of each part of the page around it, from the inside out. */
interface Place {
  readonly element: HTMLElement;
  readonly around: readonly { readonly part: HTMLElement; readonly index: number }[];
}

let place: Place | undefined;

/**
 * Keeps the place of who goes by keyboard or is read the page. What has the focus loses it when it is moved in the page, and gets
 * it back; when it goes, what comes after it in its list gets the focus, or the part of the page that it was in. While a dialog is
 * open that is put off: the browser gives the focus back to what had it before, if that is there.
 */
export function keepFocus(): void {
  const observer = new MutationObserver(settle);
  const look = () => settle(observer.takeRecords());
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener('focusin', look);
  // What has it next is known, and what was taken out is, once whoever takes the focus is done.
  document.addEventListener('focusout', () => queueMicrotask(look));
  // It does not bubble.
  document.addEventListener('close', look, true);
}

function settle(changes: readonly MutationRecord[]): void {
  const { activeElement, body } = document;
  // One that is about to shut has the focus for a moment longer.
  if (document.querySelector('dialog[open]') !== null || activeElement?.closest('dialog')) {
    if (place?.element.isConnected) place = placeOf(place.element);
    return;
  }
  if (activeElement instanceof HTMLElement && activeElement !== body) {
    place = placeOf(activeElement);
    return;
  }
  if (place === undefined) return;
  const { element } = place;
  if (!element.isConnected) focusNear(place);
  else if (changes.some(({ removedNodes }) => [...removedNodes].some(node => node.contains(element))))
    element.focus({ preventScroll: true });
  // The reader has left it.
  else place = undefined;
}

function placeOf(element: HTMLElement): Place {
  const around: { part: HTMLElement; index: number }[] = [];
  for (let part = element.parentElement; part !== null && part !== document.body; part = part.parentElement)
    around.push({ part, index: part.matches(PARTS) ? 0 : stopsIn(part).indexOf(element) });
  return { element, around };
}

function focusNear({ around }: Place): void {
  for (const { index, part } of around) {
    if (!part.isConnected) continue;
    const stops = stopsIn(part);
    const near = part.matches(PARTS) ? part : stops[Math.min(Math.max(index, 0), stops.length - 1)];
    if (near === undefined) continue;
    if (near === part) part.tabIndex = -1;
    near.focus({ preventScroll: true });
    return;
  }
}

function stopsIn(part: HTMLElement): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>(STOPS)];
}
