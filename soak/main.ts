/** `npm run soak`: jobs through a real pool for a long time, and what becomes of the daemon's memory and speed. */
import { hostConditions, programConditions } from '../bench/conditions.js';
import { writeResults } from '../bench/report/write-results.js';
import { startWorkbench } from '../bench/workbench.js';
import { prepareHost } from '../testbed/prepare-host.js';
import { parseOptions, type SoakOptions, USAGE } from './options.js';
import { soakChart, soakMarkdown } from './report.js';
import { runSoak } from './run-soak.js';

const registration = 'host';
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));

const options = readOptions();
if (options !== undefined) {
  try {
    await main(options);
  } catch (error) {
    process.stderr.write(`${stop.signal.aborted ? String(stop.signal.reason) : String(error)}\n`);
    process.exitCode = 1;
  }
}

function readOptions(): SoakOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

async function main({ minutes }: SoakOptions): Promise<void> {
  await prepareHost(line => process.stderr.write(`${line}\n`), stop.signal);
  await using workbench = await startWorkbench({ registration, quick: false, signal: stop.signal });
  const soak = await runSoak(workbench, minutes);
  const day = new Date().toISOString().slice(0, 10);
  const name = `${day}-soak-${minutes}-min`;
  const conditions = `${await hostConditions(workbench.incus)}, docker off, registration by the ${registration}.\n${await programConditions()},`;
  const text = soakMarkdown(soak, day, conditions, `${name}.svg`);
  const files = { md: text, svg: soakChart(soak), json: JSON.stringify(soak) };
  const path = await writeResults(name, files);
  process.stdout.write(text);
  workbench.say(`written to ${path}.md, .svg and .json`);
  if (soak.failedJobs > 0) process.exitCode = 1;
}
