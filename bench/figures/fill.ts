import type { Outcome } from '../report/outcome.js';
import { seconds } from '../report/words.js';
import type { ShellBench, Watch } from '../shell-bench.js';
import { largestGap } from '../sightings.js';
import type { Workbench } from '../workbench.js';

const FILL_MS = 600_000;

/** How long a pool takes to fill from nothing, and how steadily it does: the base is there, no instance is. */
export async function measureFill(shell: ShellBench, workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal, registration } = workbench;
  const pool = { agentCount: quick ? 8 : 32, reserve: 0 };
  const work = { loads: 0, jobSeconds: undefined, places: pool.agentCount };
  const fill = async ({ sightings }: Watch) => {
    const startedAt = Date.now();
    await sightings.reach('online', pool.agentCount, FILL_MS, signal);
    const arrivals = sightings.all.map(({ at }) => at - startedAt);
    return { tookMs: Date.now() - startedAt, largestGapMs: largestGap(arrivals), arrivals };
  };
  say(`${pool.agentCount} agents from nothing: bare calls`);
  const floor = await shell.runBare(pool, work, fill);
  say(`${pool.agentCount} agents from nothing: bare calls need ${seconds(floor.tookMs)}`);
  const ours = await shell.runProgram(pool, work, fill);
  say(`${pool.agentCount} agents from nothing: the program needs ${seconds(ours.tookMs)}`);
  const ratio = ours.tookMs / floor.tookMs;
  return {
    name: 'fill',
    conditions: [
      'a shell agent, until the last has asked for its job; docker off;',
      `registration by the ${registration}; the daemon's own start is in it, and no key was made before`,
    ].join(' '),
    figures: [
      {
        figure: `nothing → ${pool.agentCount} agents`,
        measured: seconds(ours.tookMs),
        floor: seconds(floor.tookMs),
        ratio,
        goal: '≤ 1.3 × floor',
        isMet: ratio <= 1.3,
      },
      {
        figure: `longest time in which none of ${pool.agentCount} agents arrived`,
        measured: seconds(ours.largestGapMs),
        floor: seconds(floor.largestGapMs),
        ratio: ours.largestGapMs / floor.largestGapMs,
        goal: '≤ 2 × floor',
        isMet: ours.largestGapMs <= 2 * floor.largestGapMs,
      },
    ],
    tables: [],
    raw: { agentCount: pool.agentCount, floor, measured: ours },
  };
}
