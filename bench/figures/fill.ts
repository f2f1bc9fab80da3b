import type { Outcome } from '../report/outcome.js';
import { seconds } from '../report/table.js';
import type { ShellBench, Watch } from '../shell-bench.js';
import type { Workbench } from '../workbench.js';

const FILL_MS = 600_000;

/** How long a pool takes to fill from nothing: the base is there, no instance is; the daemon's own start is in it. */
export async function measureFill(shell: ShellBench, workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal } = workbench;
  const pool = { agentCount: quick ? 8 : 32, reserve: 0 };
  const work = { loads: 0, jobSeconds: undefined, places: pool.agentCount };
  const fill = async ({ sightings }: Watch) => {
    const startedAt = Date.now();
    await sightings.reach('online', pool.agentCount, FILL_MS, signal);
    return Date.now() - startedAt;
  };
  say(`${pool.agentCount} agents from nothing: bare calls`);
  const floorMs = await shell.runBare(pool, work, fill);
  say(`${pool.agentCount} agents from nothing: bare calls need ${seconds(floorMs)}`);
  const measuredMs = await shell.runProgram(pool, work, fill);
  say(`${pool.agentCount} agents from nothing: the program needs ${seconds(measuredMs)}`);
  const ratio = measuredMs / floorMs;
  return {
    figures: [
      {
        figure: `nothing → ${pool.agentCount} idle agents`,
        measured: seconds(measuredMs),
        floor: seconds(floorMs),
        ratio,
        goal: '≤ 1.3 × floor',
        isMet: ratio <= 1.3,
      },
    ],
    tables: [],
    raw: { name: 'fill', agentCount: pool.agentCount, floorMs, measuredMs },
  };
}
