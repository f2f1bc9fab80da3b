/** What a conversation with a server shows, beside the one that the emulator has had. */
import { Answers } from './answers.js';
import type { Check } from './check.js';
import type { Recording } from './exchange.js';
import { shapeOf, shortcomings } from './shape.js';

export interface Verdict {
  readonly check: string;
  /** What the emulator answers; in brackets where nobody knew. */
  readonly expected: string;
  readonly seen: string;
  /** `closed`: it was open, and the emulator's guess was right, or there is nothing to guess. */
  readonly outcome: 'same' | 'closed' | 'different' | 'unclear' | 'not asked';
  /** What is different, and what depends on it; or why nothing was learnt. */
  readonly says?: string;
}

/** Judges each check. Where no answer was given, or one of a server that is out of order, nothing is concluded. */
export function judge(checks: readonly Check[], seen: Recording, emulated: Recording): readonly Verdict[] {
  const [ours, theirs] = [new Answers(emulated), new Answers(seen)];
  return checks.map(check => verdictOn(check, theirs, ours));
}

function verdictOn(check: Check, theirs: Answers, ours: Answers): Verdict {
  const guess = check.reads(ours) ?? 'nothing';
  const reading = check.reads(theirs);
  const open = check.isOpen ? 'This was open. ' : '';
  const expected = check.isOnlyTold ? 'not known' : check.isOpen ? `(${guess})` : guess;
  const verdict = { check: check.name, expected, seen: reading ?? '' };
  const isAnswered = check.steps.every(step => theirs.to(step) !== undefined);
  if (reading === undefined || !isAnswered)
    return { ...verdict, outcome: 'not asked', says: `No answer to: ${check.asks}.` };
  const failing = check.steps.find(step => isOutOfOrder(theirs, step) && !isOutOfOrder(ours, step));
  if (failing !== undefined)
    return { ...verdict, outcome: 'unclear', says: `The server was out of order when asked ${check.asks}; try again.` };
  if (check.isOnlyTold) return { ...verdict, outcome: 'closed' };
  const differences = [
    ...(reading === guess ? [] : [`the emulator answers "${guess}", the server "${reading}"`]),
    ...check.steps.flatMap(step => missing(step, theirs, ours)),
  ];
  if (differences.length === 0) return { ...verdict, outcome: check.isOpen ? 'closed' : 'same' };
  const says = `${open}Asked ${check.asks}: ${differences.join('; ')}. What depends on it: ${check.matters}.`;
  return { ...verdict, outcome: 'different', says };
}

/** Which fields the emulator gives and the server does not. That it gives more is no difference: nobody here reads it. */
function missing(step: string, theirs: Answers, ours: Answers): readonly string[] {
  const [seen, emulated] = [theirs.to(step), ours.to(step)];
  if (seen === undefined || emulated === undefined || seen.status !== emulated.status) return [];
  const short = shortcomings(shapeOf(emulated.answer), shapeOf(seen.answer));
  return short.length === 0 ? [] : [`where the emulator gives more, the server has ${short.join(', ')}`];
}

function isOutOfOrder(answers: Answers, step: string): boolean {
  const status = answers.to(step)?.status ?? 0;
  return status === 429 || status >= 500;
}
