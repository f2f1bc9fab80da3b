/** `npm run bench`: measures the program beside bare calls to the same Incus, and writes the tables down. */
import { prepareHost } from '../testbed/prepare-host.js';
import { hostConditions, programConditions } from './conditions.js';
import { measure } from './measure.js';
import { type BenchOptions, MEASUREMENTS, parseOptions, USAGE } from './options.js';
import { conditionsTable, figuresTable, type Outcome } from './report/outcome.js';
import { markdownTable, type Table } from './report/table.js';
import { writeResults } from './report/write-results.js';
import { startWorkbench, type Workbench } from './workbench.js';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));

const options = readOptions();
if (options !== undefined) {
  try {
    await run(options);
  } catch (error) {
    process.stderr.write(`${stop.signal.aborted ? String(stop.signal.reason) : String(error)}\n`);
    process.exitCode = 1;
  }
}

function readOptions(): BenchOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

async function run({ quick, registration, only }: BenchOptions): Promise<void> {
  // The page is looked at in the browser of its tests.
  const purpose = only.includes('page') ? 'tests' : 'private-incus';
  await prepareHost(line => process.stderr.write(`${line}\n`), stop.signal, purpose);
  await using workbench = await startWorkbench({ registration, quick, signal: stop.signal });
  const now = new Date().toISOString();
  const day = now.slice(0, 10);
  // Parts of a bench do not take the place of a whole one.
  const parts = only.length < MEASUREMENTS.length ? only : [];
  const differing = registration === 'host' ? [] : [registration];
  const name = [day, now.slice(11, 16).replace(':', ''), ...differing, ...parts, ...(quick ? ['quick'] : [])].join('-');
  const head = [`# Bench, ${day}`, '', await ofTheRun(workbench), ''];
  const outcomes: Outcome[] = [];
  let text = '';
  let path = '';
  // Written after each of them: nothing that was measured is lost.
  try {
    await measure(workbench, only, async outcome => {
      outcomes.push(outcome);
      text = [...head, ...tablesOf(outcomes).map(markdownTable)].join('\n');
      path = await writeResults(name, { md: text, json: JSON.stringify(outcomes.map(rawOf)) });
    });
  } finally {
    process.stdout.write(text);
    if (path !== '') workbench.say(`written to ${path}.md and .json`);
  }
}

function tablesOf(outcomes: readonly Outcome[]): readonly Table[] {
  return [
    figuresTable(outcomes.flatMap(({ figures }) => figures)),
    conditionsTable(outcomes),
    ...outcomes.flatMap(({ tables }) => tables),
  ];
}

function rawOf({ name, raw }: Outcome): object {
  return { name, ...raw };
}

/** What holds for every figure of a run; the ratios to the floor differ less from host to host than times do. */
async function ofTheRun({ incus, maxConcurrentCreates, quick }: Workbench): Promise<string> {
  return [
    `${await hostConditions(incus)}, ${maxConcurrentCreates} creations at a time.`,
    `${await programConditions()}, its log at level debug. Emulator and bench run on the same cores${quick ? '; few repetitions' : ''}.`,
    'The floor is made by bare calls to the same Incus in the same run, with the base and the guest units of the program.',
  ].join('\n');
}
