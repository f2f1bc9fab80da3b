import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** For a pipe, and for whoever asked for no colours. */
export function noPaint(_style: Style, text: string): string {
  return text;
}

/** Returns the paint for a stream: colours on a terminal, unless NO_COLOR says no (no-color.org). */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  if (stream.isTTY !== true || env.NO_COLOR) return noPaint;
  return (style, text) => styleText(style, text, { validateStream: false });
}
