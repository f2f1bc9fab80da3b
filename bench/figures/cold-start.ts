import { join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';
import { workTree } from '../../testbed/work-tree.js';
import type { Outcome } from '../report/outcome.js';
import { spread } from '../report/words.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const GOAL_MS = 150;

/** What a person waits for before a verb does anything: a new process that reads the program and says its version. */
export async function measureColdStart({ quick, say, signal }: Workbench): Promise<Outcome> {
  const program = join(workTree(), 'packages/incus-azure-pipelines/bundle/main.js');
  const times = { program: [] as number[], bare: [] as number[] };
  for (let turn = 0; turn < (quick ? 5 : 50); turn += 1) {
    times.bare.push(await lasts(['--eval', ''], signal));
    times.program.push(await lasts([program, '--version'], signal));
  }
  const [measured, floor] = [summarise(times.program), summarise(times.bare)];
  say(`--version: ${spread(measured)}`);
  return {
    name: 'cold-start',
    conditions:
      'one process after the other, in turns with Node that is given nothing to do; its files have been read before',
    figures: [
      {
        figure: '--version, from the start of the process to its end',
        measured: spread(measured),
        floor: spread(floor),
        ratio: measured && floor && measured.median / floor.median,
        goal: `≤ ${GOAL_MS} ms`,
        isMet: measured && measured.p95 <= GOAL_MS,
      },
    ],
    tables: [],
    raw: times,
  };
}

async function lasts(args: readonly string[], signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  await runCommand(process.execPath, args, { signal });
  return performance.now() - startedAt;
}
