/** What a proof tells among the other findings. Pure. */
import { type Finding, green, grey, red, yellow } from '../finding.js';
import type { Outcome, Proof, Trial } from './proof.js';

const MOST_NAMED = 3;

/** At most one finding of each colour: the report has all of it. */
export function findingsOf({ from, kind, trials }: Proof): readonly Finding[] {
  const check = `proof-${kind}`;
  const of = (outcome: Outcome) => trials.filter(trial => trial.outcome === outcome);
  const [passed, failed, open, skipped] = [of('passed'), of('failed'), of('open'), of('untried')];
  const count = `${passed.length} of ${trials.length - skipped.length} hold for guests from ${from}`;
  return [
    ...(passed.length > 0 && failed.length === 0 ? [green(check, count)] : []),
    ...(failed.length === 0
      ? []
      : [red(check, { what: `${count}; these do not: ${named(failed)}`, remedy: remedyOf(failed) })]),
    ...(open.length === 0 ? [] : [yellow(check, { what: `known to be open: ${named(open)}`, remedy: remedyOf(open) })]),
    ...(skipped.length === 0 ? [] : [grey(check, `${skipped.length} not tried: ${reasons(skipped)}`)]),
  ];
}

function named(trials: readonly Trial[]): string {
  const facts = [...new Set(trials.map(({ fact }) => fact))];
  const more = facts.length - MOST_NAMED;
  return `${facts.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

function remedyOf(trials: readonly Trial[]): string {
  const remedies = new Set(trials.flatMap(({ remedy }) => (remedy === undefined ? [] : [remedy])));
  return [...remedies].slice(0, MOST_NAMED).join('; ') || 'its risk is in the report';
}

function reasons(trials: readonly Trial[]): string {
  return [...new Set(trials.map(({ came }) => came))].slice(0, MOST_NAMED).join('; ');
}
