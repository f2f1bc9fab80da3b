import { setTimeout as delay } from 'node:timers/promises';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { callCounts, callsBetween, totalOf } from '../call-counts.js';
import { agentsIn, fetchMetrics, whenMetrics } from '../daemon-metrics.js';
import { keyStockFilled } from '../key-stock.js';
import { type Holdings, readProcessCost } from '../processes.js';
import { Program } from '../program.js';
import type { Outcome } from '../report/outcome.js';
import { standInPackage } from '../stand-in-package.js';
import type { Workbench } from '../workbench.js';
import { type IdleMinute, idleFigures } from './idle-figures.js';
import { incusCallsTable } from './incus-calls.js';

const FILL_MS = 600_000;
const LOOK_MS = 1_000;

/** What the daemon costs while nothing happens, at several numbers of agents: real sessions, which Azure shows as idle. */
export async function measureIdle(workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal, registration } = workbench;
  await using program = await Program.start(workbench, { agentPackage: await standInPackage({ signal }) });
  const minutes: IdleMinute[] = [];
  for (const agentCount of quick ? [1, 8] : [1, 8, 32]) {
    const minute = await program.run({ agentCount, reserve: 0 }, daemon => idleMinute(daemon, agentCount, workbench));
    say(`${agentCount} idle agents: ${minute.cpuMs.toFixed(0)} ms of CPU a minute, ${minute.toAzure} calls to Azure`);
    minutes.push(minute);
  }
  const most = minutes.at(-1);
  return {
    name: 'idle',
    conditions: [
      'the stand-in agent (Node), every one of them online and shown as idle; docker off; no reserve;',
      `registration by the ${registration}; all keys made before the minute begins; the program as its first line starts it,`,
      'with little young memory; the most memory, and the fewest sockets and processes, in any second of the minute',
    ].join(' '),
    figures: idleFigures(minutes),
    tables: most ? [incusCallsTable(`per minute, ${most.agentCount} idle agents`, most.toIncus, 1)] : [],
    raw: { minutes: minutes.map(minute => ({ ...minute, toIncus: Object.fromEntries(minute.toIncus) })) },
  };
}

async function idleMinute(daemon: DaemonProcess, agentCount: number, workbench: Workbench): Promise<IdleMinute> {
  const { quick, signal } = workbench;
  const looks = quick ? 20 : 60;
  await whenMetrics(daemon, {
    what: `${agentCount} idle agents`,
    read: metrics => agentsIn(metrics, 'idle'),
    holds: idle => idle === agentCount,
    deadlineMs: FILL_MS,
    signal,
  });
  await keyStockFilled(daemon, signal);
  const before = await look(daemon, signal);
  const held: (Holdings & { readonly residentBytes: number })[] = [];
  for (let n = 0; n < looks; n++) {
    held.push(await readProcessCost(daemon.pid));
    await delay(LOOK_MS, undefined, { signal });
  }
  const after = await look(daemon, signal);
  const idle = agentsIn(after.metrics, 'idle');
  if (idle !== agentCount) throw new Error(`measure ${agentCount} idle agents: ${idle} were left at the end`);
  const ofAMinute = 60_000 / (after.at - before.at);
  const called = (to: 'azure' | 'incus') => callsBetween(callCounts(before.metrics, to), callCounts(after.metrics, to));
  return {
    agentCount,
    cpuMs: (after.cpuMs - before.cpuMs) * ofAMinute,
    residentBytes: Math.max(...held.map(({ residentBytes }) => residentBytes)),
    held: {
      sockets: Math.min(...held.map(({ sockets }) => sockets)),
      children: Math.min(...held.map(({ children }) => children)),
    },
    toAzure: Math.round(totalOf(called('azure')) * ofAMinute),
    toIncus: new Map([...called('incus')].map(([route, count]) => [route, count * ofAMinute])),
  };
}

async function look(daemon: DaemonProcess, signal: AbortSignal) {
  const metrics = await fetchMetrics(daemon, signal);
  return { metrics, at: performance.now(), ...(await readProcessCost(daemon.pid)) };
}
