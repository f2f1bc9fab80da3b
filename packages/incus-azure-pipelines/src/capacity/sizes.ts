import { UserError } from '../lib/user-error.js';

const MOST_SIZES = 100;
/** As many as a configuration may ask for. */
const MOST_AGENTS = 1_000;

/**
 * Reads what is to be tried: `8`, `8..40`, `8..40/4` for every fourth, and several of them with commas in between; each number once,
 * the smallest first. @throws UserError for anything else.
 */
export function parseSizes(text: string): readonly number[] {
  const sizes = new Set(text.split(',').flatMap(part => rangeOf(part.trim(), text)));
  if (sizes.size > MOST_SIZES)
    throw new UserError(
      `--agents ${text}: ${sizes.size} sizes are too many; name ${MOST_SIZES} at most, as with 8..400/8`,
    );
  return [...sizes].sort((a, b) => a - b);
}

function rangeOf(part: string, text: string): readonly number[] {
  const match = /^(\d{1,4})(?:\.\.(\d{1,4})(?:\/(\d{1,4}))?)?$/.exec(part);
  if (match === null)
    throw new UserError(`--agents ${text}: "${part}" is no number of agents; write 8, 8..40 or 8..40/4`);
  const [, first, last = first, step = '1'] = match;
  const [from, to, by] = [Number(first), Number(last), Number(step)];
  if (from < 1 || to > MOST_AGENTS || by < 1)
    throw new UserError(`--agents ${text}: a pool has from 1 to ${MOST_AGENTS} agents`);
  if (to < from) throw new UserError(`--agents ${text}: ${from} is more than ${to}; write the smaller number first`);
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, n) => from + n * by);
}
