/** `npm run chaos`: faults on a real Incus, drawn at random, while jobs run all the time. */

import { leftovers } from '../testbed/leftovers.js';
import { hostObstacle, prepareHost } from '../testbed/prepare-host.js';
import { type ChaosOptions, parseOptions, USAGE } from './options.js';
import { renderTally } from './report.js';
import { runChaos } from './run-chaos.js';
import { brokenPromises } from './tally.js';

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error(`stopped by ${name}`)));

const startedAt = Date.now();
const say = (line: string) => {
  const elapsed = ((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4);
  process.stderr.write(`${elapsed} s  ${line}\n`);
};

const options = readOptions();
if (options !== undefined) {
  try {
    await main(options);
  } catch (error) {
    const shown = stop.signal.aborted
      ? String(stop.signal.reason)
      : error instanceof Error
        ? error.stack
        : String(error);
    process.stderr.write(`${shown}\n`);
    process.exitCode = 1;
  }
}

function readOptions(): ChaosOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2), Math.floor(Math.random() * 2 ** 31));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

async function main({ faults, json, log, minutes, seed }: ChaosOptions): Promise<void> {
  const obstacle = hostObstacle();
  if (obstacle !== undefined) throw new Error(`chaos cannot be let loose here: ${obstacle}`);
  say(`seed ${seed}`);
  await prepareHost(say, stop.signal);
  const tally = await runChaos({ seed, minutes, faults, log, say, signal: stop.signal });
  const left = await leftovers();
  const broken = brokenPromises(tally);
  const lines = json ? [JSON.stringify({ ...tally, broken, left }, undefined, 1)] : renderTally(tally);
  process.stdout.write(`${lines.join('\n')}\n`);
  if (left.length > 0) process.stderr.write(`left on this host: ${left.join(', ')}\n`);
  if (broken.length + left.length > 0) process.exitCode = 1;
}
