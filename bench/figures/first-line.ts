import { join } from 'node:path';
import { buildStandInPackage } from 'azure-pipelines-emulator';
import { cacheDirectory } from '../../testbed/work-tree.js';
import { Program } from '../program.js';
import type { Outcome } from '../report/outcome.js';
import { seconds } from '../report/table.js';
import { Sightings } from '../sightings.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const START_DELAY_MS = 4_000;
const AGENTS = 2;
const WAIT_MS = 240_000;

/** From the queue to the first line of the first step, with an idle agent there and default settings. */
export async function measureFirstLine(workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal } = workbench;
  const agentPackage = await buildStandInPackage({
    cacheDirectory: join(cacheDirectory(), 'stand-in'),
    startDelayMs: START_DELAY_MS,
    pollPauseMs: [0, 0],
    signal,
  });
  await using program = await Program.start(workbench, { agentPackage });
  const { emulator } = program.scenario;
  const jobs = quick ? 4 : 24;
  const online = new Sightings();
  const lines = new Map<number, number>();
  const off = emulator.on(event => {
    if (event.kind === 'agent-online' && isAgentName(event.agentName))
      online.add({ kind: 'online', name: event.agentName, at: event.at });
    if (event.kind === 'job-line' && !lines.has(event.requestId) && event.line.includes('first line'))
      lines.set(event.requestId, event.at);
  });
  const waits = await program.run({ agentCount: AGENTS, reserve: 1 }, async () => {
    const found: number[] = [];
    for (let turn = 0; turn < jobs; turn++) {
      // Every agent is back before the next job: the figure is about an idle agent, not about a replacement.
      await online.reach('online', AGENTS + turn, WAIT_MS, signal);
      const queuedAt = Date.now();
      const { requestId, finished } = emulator.queueJob({
        name: `job ${turn}`,
        steps: [{ script: 'echo first line' }],
      });
      await finished;
      const lineAt = lines.get(requestId);
      if (lineAt !== undefined) found.push(lineAt - queuedAt);
    }
    return found;
  });
  off();
  const summary = summarise(waits);
  const measured = summary
    ? `p50 ${seconds(summary.median)}, p99 ${seconds(summary.p99)}, n ${summary.count}`
    : 'nothing seen';
  say(`queued → first line: ${measured}`);
  const figure = `queued → first line of the first step, an idle agent there, agents start in ${START_DELAY_MS / 1000} s`;
  const isMet = summary && summary.median <= 1_000 && summary.p99 <= 3_000;
  return {
    figures: [{ figure, measured, floor: '', ratio: undefined, goal: 'p50 ≤ 1 s, p99 ≤ 3 s', isMet }],
    tables: [],
    raw: { name: 'first-line', waits },
  };
}

/** Whether it is one of the program's agents; one that probes the server is none. */
export function isAgentName(name: string): boolean {
  return !name.startsWith('probe-');
}
