/** Errors that end the program with exit code 2, and those that end it with 1 since the same call may work later. */
const MISTAKES = 'UserError|NoDaemonError|OtherReleaseError|MissingAuthorizationError';
const PASSING = 'DaemonError|PassingError';
/** How a source makes such an error, or a plan of setup that refuses to be carried out, up to its first argument. */
const made = (errors: string) => `\\bnew (?:${errors})\\(`;
const REFUSED = "\\bkind: 'refused',\\s+why: ";

/** Sentences of the program, in capitals what differs from call to call. */
export interface Refusals {
  readonly mistakes: readonly string[];
  readonly passing: readonly string[];
}

/** All sentences with which sources refuse, in the order of their letters. What they take from elsewhere is left out. */
export function refusalsIn(sources: readonly string[]): Refusals {
  return { mistakes: sentences(sources, `${made(MISTAKES)}|${REFUSED}`), passing: sentences(sources, made(PASSING)) };
}

function sentences(sources: readonly string[], beginning: string): string[] {
  const found = sources.flatMap(source =>
    [...source.matchAll(new RegExp(beginning, 'g'))].flatMap(({ 0: call, index }) =>
      textsOfArgument(source, index + call.length),
    ),
  );
  return [...new Set(found)].filter(text => /\w .*\w/.test(text)).sort((a, b) => a.localeCompare(b, 'en'));
}

/** The texts that may become the value that begins at `from`: one, or each side of a choice. */
function textsOfArgument(source: string, from: number): string[] {
  const texts: string[] = [];
  for (let at = from, depth = 0; at < source.length; ) {
    const char = source[at] ?? '';
    if (isQuote(char)) {
      const end = endOfText(source, at);
      texts.push(asTold(source.slice(at + 1, end - 1)));
      at = end;
      continue;
    }
    depth += depthOf(char);
    if (depth < 0 || (depth === 0 && char === ',')) break;
    at += 1;
  }
  return texts;
}

/** Where a text ends that begins at `from`, behind its quote. What a template holds may hold texts again. */
function endOfText(source: string, from: number): number {
  const quote = source[from];
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source[at];
    if (char === quote) return at + 1;
    if (char === '\\') at += 1;
    else if (quote === '`' && source.startsWith('${', at)) at = endOfValue(source, at) - 1;
  }
  throw new Error(`a text has no end: ${source.slice(from, from + 80)}`);
}

/** Where a value in a template ends that begins at `from`, behind its brace. */
function endOfValue(source: string, from: number): number {
  for (let at = from + 1, depth = 0; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (isQuote(char)) at = endOfText(source, at) - 1;
    else depth += depthOf(char);
    if (depth === 0) return at + 1;
  }
  throw new Error(`a value has no end: ${source.slice(from, from + 80)}`);
}

function asTold(text: string): string {
  let told = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('${', at)) {
      const end = endOfValue(text, at);
      told += nameOf(text.slice(at + 2, end - 1));
      at = end;
    } else {
      told += text[at];
      at += 1;
    }
  }
  return told.replaceAll(/(?:\.{3}){2,}/g, '...');
}

/** A value by its name, as `AGENT POOL`; one that is worked out has none. */
function nameOf(value: string): string {
  const name = /^(?:\w+\.)*(\w+)$/.exec(value)?.[1];
  return name === undefined ? '...' : name.replaceAll(/(?<=[a-z])(?=[A-Z])|_/g, ' ').toUpperCase();
}

function isQuote(char: string): boolean {
  return char === "'" || char === '"' || char === '`';
}

function depthOf(char: string): number {
  return '([{'.includes(char) ? 1 : ')]}'.includes(char) ? -1 : 0;
}
