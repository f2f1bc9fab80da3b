import { setTimeout as delay } from 'node:timers/promises';
import { callCounts, callsBetween, fetchMetrics } from '../call-counts.js';
import { readProcessCost } from '../processes.js';
import type { Figure, Outcome } from '../report/outcome.js';
import { seconds } from '../report/table.js';
import type { ShellBench } from '../shell-bench.js';
import type { Workbench } from '../workbench.js';

const FILL_MS = 600_000;
/** After the last agent has come, keys are still being made for the next ones. */
const SETTLE_MS = 30_000;

/** What the daemon costs while nothing happens, at several numbers of agents. */
export async function measureIdle(shell: ShellBench, workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal } = workbench;
  const windowMs = quick ? 20_000 : 60_000;
  const figures: Figure[] = [];
  const raw: unknown[] = [];
  for (const agentCount of quick ? [1, 8] : [1, 8, 32]) {
    const work = { loads: 0, jobSeconds: undefined, places: agentCount };
    const seen = await shell.runProgram({ agentCount, reserve: 0 }, work, async ({ sightings }, daemon) => {
      await sightings.reach('online', agentCount, FILL_MS, signal);
      await delay(SETTLE_MS, undefined, { signal });
      const { httpPort } = await daemon.seen(({ msg }) => msg === 'running');
      const azureCalls = async () => callCounts(await fetchMetrics(Number(httpPort), signal), 'azure');
      const [before, callsBefore] = [await readProcessCost(daemon.pid), await azureCalls()];
      await delay(windowMs, undefined, { signal });
      const [after, callsAfter] = [await readProcessCost(daemon.pid), await azureCalls()];
      const calls = [...callsBetween(callsBefore, callsAfter).values()].reduce((sum, count) => sum + count, 0);
      const perMinute = 60_000 / windowMs;
      return { cpuMs: (after.cpuMs - before.cpuMs) * perMinute, calls: calls * perMinute, after };
    });
    say(`${agentCount} idle agents: ${seen.cpuMs.toFixed(0)} ms of CPU a minute, ${seen.calls} calls to Azure`);
    raw.push({ agentCount, ...seen });
    figures.push(...figuresOf(agentCount, seen));
  }
  return { figures, tables: [], raw: { name: 'idle', idle: raw } };
}

interface Seen {
  readonly cpuMs: number;
  readonly calls: number;
  readonly after: { readonly residentBytes: number; readonly sockets: number; readonly children: number };
}

function figuresOf(agentCount: number, { cpuMs, calls, after }: Seen): readonly Figure[] {
  const { residentBytes, sockets, children } = after;
  const mib = residentBytes / 1024 ** 2;
  const plain = { floor: '', ratio: undefined };
  const many = agentCount === 32;
  return [
    {
      figure: `daemon: CPU over 60 s, ${agentCount} idle agents`,
      measured: seconds(cpuMs),
      ...plain,
      goal: many ? '≤ 0.5 s' : '',
      isMet: many ? cpuMs <= 500 : undefined,
    },
    {
      figure: `daemon: resident memory, ${agentCount} agents`,
      measured: `${mib.toFixed(0)} MiB`,
      ...plain,
      goal: many ? '≤ 90 MiB' : '',
      isMet: many ? mib <= 90 : undefined,
    },
    {
      figure: `daemon: sockets and child processes, ${agentCount} agents`,
      measured: `${sockets} and ${children}`,
      ...plain,
      goal: '',
      isMet: undefined,
    },
    {
      figure: `calls to Azure per minute, ${agentCount} idle agents`,
      measured: calls.toFixed(0),
      ...plain,
      goal: '≤ 12',
      isMet: calls <= 12,
    },
  ];
}
