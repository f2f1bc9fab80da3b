import { signal } from '@preact/signals';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Whether the reader wants it dark. What is drawn has to be drawn anew when that changes. */
export const isDark = signal(dark.matches);

dark.addEventListener('change', () => {
  isDark.value = dark.matches;
});

/** A colour of the style sheet, by the name of its variable, as it is for this element now. */
export function colour(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(`--${name}`).trim();
}
