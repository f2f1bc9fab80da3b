/** The report of all proofs, as Markdown. Pure. */
import { OPEN_POINTS } from './open-risks.js';
import type { Outcome, Place, Proof, ProofKind, Trial } from './proof.js';

export interface ProofReport {
  readonly place: Place | undefined;
  readonly proofs: readonly Proof[];
}

const TITLES: Readonly<Record<ProofKind, string>> = {
  isolation: 'Isolation',
  docker: 'Docker',
  limits: 'Limits',
  memory: 'Out of memory',
};
const OUTCOMES: readonly Outcome[] = ['failed', 'open', 'untried', 'passed'];
const MADE = 'For it guests were made as agents are made.';
const UNTRIED = 'Nothing could be tried, for the reasons that are told.';
const MOST_TOLD = 300;

/** Writes it; `when` is the time in words. What is bad comes first. */
export function reportOf({ place, proofs }: ProofReport, when: string): string {
  const tried = new Set(
    proofs.flatMap(({ trials }) => trials.filter(({ outcome }) => outcome !== 'untried').map(({ fact }) => fact)),
  );
  // What is open because no limit is set was found with guests there, too.
  const wereMade = proofs.some(({ trials }) => trials.some(({ outcome }) => outcome !== 'untried'));
  return [
    '# What was tried on this host, from inside guests',
    '',
    `${when}. ${wereMade ? MADE : UNTRIED}`,
    '',
    ...placeLines(place),
    ...table(['proof', 'guests', ...OUTCOMES], proofs.map(summary)),
    ...proofs.flatMap(proof => [
      `## ${TITLES[proof.kind]}`,
      '',
      `Guests from ${cell(proof.from)}, as those of ${cell(proof.pools.join(', '))}.`,
      '',
      ...trialLines(proof.trials),
    ]),
    '## Known to be open',
    '',
    'No proof closes these. What was tried above stands there, too.',
    '',
    ...table(
      ['open', 'risk', 'what helps', 'tried here'],
      OPEN_POINTS.map(({ fact, helps, risk }) => [fact, risk, helps, tried.has(fact) ? 'yes' : 'no']),
    ),
  ].join('\n');
}

function placeLines(place: Place | undefined): readonly string[] {
  return place === undefined
    ? []
    : table(
        ['what', 'which'],
        Object.entries(place).map(([name, value]) => [name, cell(value)]),
      );
}

function summary({ from, kind, trials }: Proof): readonly string[] {
  const count = (outcome: Outcome) => trials.filter(trial => trial.outcome === outcome).length;
  return [TITLES[kind], cell(from), ...OUTCOMES.map(outcome => String(count(outcome)))];
}

function trialLines(trials: readonly Trial[]): readonly string[] {
  const sorted = trials.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));
  const rows = sorted.map(({ came, fact, outcome, remedy, risk, tried }) => [
    outcome,
    cell(fact),
    cell(tried),
    cell(came),
    [risk, remedy]
      .filter(text => text !== undefined)
      .map(cell)
      .join(' -> '),
  ]);
  return table(['outcome', 'what is to hold', 'tried', 'what came of it', 'risk, remedy'], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** Words of others, on one line, which Markdown takes for nothing but words. */
function cell(text: string): string {
  const cut = text.length > MOST_TOLD ? `${text.slice(0, MOST_TOLD)}...` : text;
  const line = cut
    .trim()
    .replace(/\s*\n\s*/g, '; ')
    .replace(/\p{C}+/gu, ' ');
  return line.replace(/[\\`*_{}[\]<>#|~!&]/g, '\\$&');
}
