/** `npm run bench`: measures the program beside bare calls to the same Incus, and writes the tables down. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareHost } from '../testbed/prepare-host.js';
import { workTree } from '../testbed/work-tree.js';
import { hostConditions } from './conditions.js';
import { measure } from './measure.js';
import { type BenchOptions, parseOptions, USAGE } from './options.js';
import { conditionsTable, figuresTable, type Outcome } from './report/outcome.js';
import { markdownTable } from './report/table.js';
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
  await prepareHost(line => process.stderr.write(`${line}\n`), stop.signal);
  await using workbench = await startWorkbench({ registration, quick, signal: stop.signal });
  await report(workbench, await measure(workbench, only));
}

async function report(bench: Workbench, results: readonly Outcome[]): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const tables = [
    figuresTable(results.flatMap(({ figures }) => figures)),
    conditionsTable(results),
    ...results.flatMap(({ tables: more }) => more),
  ];
  const text = [`# Bench, ${day}`, '', await ofTheRun(bench), '', ...tables.map(markdownTable)].join('\n');
  process.stdout.write(text);
  const directory = join(workTree(), 'bench', 'results');
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${day}${bench.quick ? '-quick' : ''}`);
  await writeFile(`${path}.md`, text);
  await writeFile(
    `${path}.json`,
    `${JSON.stringify(
      results.map(({ name, raw }) => ({ name, ...raw })),
      undefined,
      2,
    )}\n`,
  );
  bench.say(`written to ${path}.md`);
}

/** What holds for every figure of a run; the ratios to the floor differ less from host to host than times do. */
async function ofTheRun({ incus, maxConcurrentCreates, quick }: Workbench): Promise<string> {
  return [
    `${await hostConditions(incus)}, ${maxConcurrentCreates} creations at a time. Emulator and bench`,
    `run on the same cores${quick ? '; few repetitions' : ''}. The floor is made by bare calls to the same Incus in the same run.`,
  ].join('\n');
}
