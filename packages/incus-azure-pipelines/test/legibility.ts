import type { Page } from 'playwright-core';

/** What a reader would stumble over on the page as it is now, as measured: one line each. */
export async function illegible(page: Page): Promise<readonly string[]> {
  return (await page.evaluate(MEASURE)) as string[];
}

/** Least size of letters, and of what is touched (WCAG 2.5.8), in CSS pixels. */
const LEAST = { letters: 12, target: 24 };

/** For the browser. A text is what stands in an element itself; one that is only for screen readers is not measured. */
const MEASURE = `(() => {
  const width = document.documentElement.clientWidth;
  const found = [];
  const say = (element, what) => found.push(what + ': ' + (element.getAttribute('aria-label') ?? element.textContent).slice(0, 60));
  const ownText = element => [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '');
  const scrolls = element => element !== null && (['auto', 'scroll'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  if (document.documentElement.scrollWidth > width) found.push('the page is wider than the screen: ' + document.documentElement.scrollWidth);
  for (const element of document.querySelectorAll('body *')) {
    if (!element.checkVisibility({ visibilityProperty: true }) || !ownText(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    const style = getComputedStyle(element);
    const scale = element instanceof SVGGraphicsElement ? element.getScreenCTM().a : 1;
    if (parseFloat(style.fontSize) * scale < ${LEAST.letters}) say(element, 'letters of ' + parseFloat(style.fontSize) * scale + ' px');
    if ((box.left < 0 || box.right > width + 0.5) && !scrolls(element)) say(element, 'text beyond the screen');
    if (element.scrollWidth > element.clientWidth + 1 && style.overflowX === 'hidden' && style.textOverflow !== 'ellipsis') say(element, 'text that is cut');
  }
  const cells = [...document.querySelectorAll('[role=option]')].map(cell => [cell, cell.getBoundingClientRect()]);
  for (const [cell, box] of cells) {
    if (Math.min(box.width, box.height) < ${LEAST.target}) say(cell, 'a cell of ' + box.width + ' by ' + box.height + ' px');
  }
  for (const [index, [cell, box]] of cells.entries()) {
    const next = cells[index + 1]?.[1];
    if (next !== undefined && next.top < box.bottom - 0.5 && next.bottom > box.top + 0.5 && next.left < box.right - 0.5) say(cell, 'cells over each other');
  }
  for (const button of document.querySelectorAll('button, summary, a')) {
    const { height } = button.getBoundingClientRect();
    if (button.checkVisibility() && height < ${LEAST.target}) say(button, 'a button of ' + height + ' px');
  }
  return found;
})()`;
