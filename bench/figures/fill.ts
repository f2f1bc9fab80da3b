import { type Costs, CpuMeter } from '../cpu-meter.js';
import type { Outcome } from '../report/outcome.js';
import { percent, seconds } from '../report/words.js';
import type { ShellBench, Watch } from '../shell-bench.js';
import { largestGap } from '../sightings.js';
import type { Workbench } from '../workbench.js';

const FILL_MS = 600_000;

/** How long a pool takes to fill from nothing, and how steadily it does: the base is there, no instance is. */
export async function measureFill(shell: ShellBench, workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal, registration } = workbench;
  const pool = { agentCount: quick ? 8 : 32, reserve: 0 };
  const work = { loads: 0, jobSeconds: undefined, places: pool.agentCount };
  const fill = async ({ sightings }: Watch, pids: Readonly<Record<string, number>> = {}) => {
    const meter = CpuMeter.of(workbench, { bench: process.pid, ...pids }, sightings);
    await meter.start();
    const startedAt = Date.now();
    await sightings.reach('online', pool.agentCount, FILL_MS, signal);
    const arrivals = sightings.all.map(({ at }) => at - startedAt);
    const tookMs = Date.now() - startedAt;
    await meter.stop();
    return { tookMs, largestGapMs: largestGap(arrivals), arrivals, costs: meter.costs };
  };
  say(`${pool.agentCount} agents from nothing: bare calls`);
  const floor = await shell.runBare(pool, work, watch => fill(watch));
  say(`${pool.agentCount} agents from nothing: bare calls need ${seconds(floor.tookMs)}`);
  const ours = await shell.runProgram(pool, work, (watch, { pid }) => fill(watch, { program: pid }));
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
      {
        figure: `CPU while ${pool.agentCount} agents came, beside the guests'`,
        measured: written(ours.costs),
        floor: written(floor.costs),
        ratio: undefined,
        goal: '',
        isMet: undefined,
      },
    ],
    tables: [],
    raw: { agentCount: pool.agentCount, floor, measured: ours },
  };
}

/** In the bench are the servers that stand for Azure, and the bare calls. */
function written({ cpuMs, host }: Costs): string {
  const shares = Object.entries(cpuMs).map(([process, ms]) => `${process} ${seconds(ms)}`);
  return [...shares, `the host's cores idle ${percent(host.coresIdle)}`].join(', ');
}
