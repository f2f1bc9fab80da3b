import type { Verdict } from '../contract/judge.js';
import { printableLine } from '../report/printable.js';
import { table } from './table.js';

const OUTCOMES: readonly Verdict['outcome'][] = ['same', 'closed', 'different', 'unclear', 'not asked'];
/** Where a recording is put so that the emulator's tests replay it. */
const FOLDER = 'packages/azure-pipelines-emulator/test/recordings';

interface Surroundings {
  /** What is open still, and how it would be closed. */
  readonly open: readonly (readonly [what: string, how: string])[];
  readonly record: string;
  readonly unasked: readonly string[];
}

/** What was seen as a person reads it: a table, a sentence to each difference, what stays open, and the sums. */
export function formatVerdicts(
  verdicts: readonly Verdict[],
  { open, record, unasked }: Surroundings,
  width = Number.POSITIVE_INFINITY,
): string {
  const rows = verdicts.map(({ check, expected, outcome, seen }) =>
    [check, outcome, expected, seen].map(printableLine),
  );
  const sentences = verdicts.flatMap(({ check, says }) =>
    says === undefined ? [] : [`${check}: ${printableLine(says)}`],
  );
  const sums = OUTCOMES.map(outcome => `${verdicts.filter(verdict => verdict.outcome === outcome).length} ${outcome}`);
  return [
    table(['check', 'outcome', 'emulator', 'seen'], rows, width),
    paragraph('', sentences),
    paragraph('Not asked to the end:\n', unasked.map(printableLine)),
    paragraph(
      'Still open:\n',
      open.map(([what, how]) => `${what}: ${how}`),
    ),
    `\n${sums.join(', ')}. A guess of the emulator stands in brackets.\n`,
    `The recording is in ${record}. Put it into ${FOLDER}, and the tests of the emulator replay it.\n`,
  ].join('');
}

function paragraph(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}${lines.map(line => `- ${line}\n`).join('')}`;
}
