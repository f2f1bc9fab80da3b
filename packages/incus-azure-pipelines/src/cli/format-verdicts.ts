import { STILL_OPEN } from '../contract/checks.js';
import type { Verdict } from '../contract/judge.js';
import { printableLine } from '../report/printable.js';
import { table } from './table.js';

const OUTCOMES: readonly Verdict['outcome'][] = ['same', 'closed', 'different', 'unclear', 'not asked'];
/** Where a recording is put so that the emulator's tests replay it. */
const FOLDER = 'packages/azure-pipelines-emulator/test/recordings';

/** What was seen as a person reads it: a table, a sentence to each difference, what stays open, and the sums. */
export function formatVerdicts(
  verdicts: readonly Verdict[],
  { record, unasked }: { readonly record: string; readonly unasked: readonly string[] },
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
      'Open before and after:\n',
      STILL_OPEN.map(([what, how]) => `${what}: ${how}`),
    ),
    `\n${sums.join(', ')}. A guess of the emulator stands in brackets.\n`,
    `The recording is in ${record}. Put it into ${FOLDER}, and the tests of the emulator replay it.\n`,
  ].join('');
}

function paragraph(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}${lines.map(line => `- ${line}\n`).join('')}`;
}
