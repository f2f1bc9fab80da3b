import { type Registry, Summary } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { AgentPhase } from '../model/agent.js';
import { END_REASONS } from '../model/end.js';
import type { DaemonEvents } from '../model/event.js';
import { type LastStatus, makersFor } from './metric-makers.js';
import { Replacements } from './replacements.js';

/** Azure's own words for how a job ended; another one is counted as `other`, since foreign text is no label. */
const RESULTS: readonly string[] = ['succeeded', 'succeededWithIssues', 'failed', 'canceled', 'skipped', 'abandoned'];
const OTHER = 'other';

/** Counts what becomes of agents: phases, jobs, ends, and how soon another one is there. */
export function countAgents(events: Events<DaemonEvents>, status: LastStatus, registry: Registry): void {
  const { counter, longHistogram } = makersFor(registry);
  const phases = counter(
    'iap_phases_total',
    ['pool', 'phase'],
    'Phases that agents have entered, from the first look of the daemon on.',
  );
  const durations = longHistogram(
    'iap_phase_duration_seconds',
    ['pool', 'phase'],
    'How long agents were in a phase that they have left, where its beginning was seen.',
  );
  const replacements = longHistogram(
    'iap_replacement_seconds',
    ['pool'],
    'From the end of a job to the next agent of the pool that is online, as the daemon sees both; the first to come is taken for the successor of the first to go.',
  );
  const jobs = counter(
    'iap_jobs_total',
    ['pool', 'result'],
    'Jobs that ended, by the result that Azure tells; a restart may count one twice that has just ended.',
  );
  const waits = new Summary({
    name: 'iap_job_wait_seconds',
    help: "From the queue to the agent that took the job, by Azure's own clock: the jobs of the last hour. When the first step wrote its first line stands in no list of agents.",
    labelNames: ['pool'],
    percentiles: [0.5, 0.99],
    maxAgeSeconds: 3_600,
    ageBuckets: 6,
    registers: [registry],
  });
  const deaths = counter(
    'iap_deaths_total',
    ['pool', 'reason'],
    'Instances that ended, by reason; `logs` has it in words.',
  );
  const kills = counter(
    'iap_memory_kills_total',
    ['pool', 'told_by'],
    'Processes that the kernel killed in guests that ended, because those were out of memory: by the word of the host, or of the guest, whose job may forge that.',
  );
  /** Pools that were seen whole: what is seen of them for the first time before that may have happened to an earlier daemon. */
  const looked = new Set<string>();
  events.on('job-taken', ({ agent, job }) => {
    if (job.waitedMs !== undefined && looked.has(agent.pool)) waits.observe({ pool: agent.pool }, job.waitedMs / 1000);
  });
  events.on('job-ended', ({ agent, job }) => {
    const result = RESULTS.find(known => known === job.result) ?? OTHER;
    jobs.inc({ pool: agent.pool, result });
  });
  events.on('agent-ended', ({ agent: { pool }, killsSeenByHost, memoryKills, reason }) => {
    deaths.inc({ pool, reason });
    if (memoryKills > 0) kills.inc({ pool, told_by: killsSeenByHost ? 'host' : 'guest' }, memoryKills);
  });

  const begun = new Set<string>();
  // To Prometheus nothing has happened where a counter begins with what happened first.
  const begin = (pool: string) => {
    begun.add(pool);
    for (const reason of END_REASONS) deaths.inc({ pool, reason }, 0);
    for (const told_by of ['host', 'guest']) kills.inc({ pool, told_by }, 0);
    for (const result of [...RESULTS, OTHER]) jobs.inc({ pool, result }, 0);
  };
  const since = new Map<string, { readonly phase: AgentPhase; readonly at: number }>();
  const accounts = new Map<string, Replacements>();
  const left = (pool: string, name: string, at: number) => {
    const before = since.get(name);
    since.delete(name);
    if (before !== undefined) durations.observe({ pool, phase: before.phase }, (at - before.at) / 1000);
  };
  events.on('phase-changed', ({ agent, at, from }) => {
    const { name, phase, pool } = agent;
    // What is there at the first look has been in its phase for longer, nobody knows since when.
    if (!looked.has(pool)) return;
    phases.inc({ pool, phase });
    left(pool, name, at);
    since.set(name, { phase, at });
    const account = accounts.get(pool) ?? new Replacements();
    accounts.set(pool, account);
    const emptyMs = account.seen(agent, from, at);
    if (emptyMs !== undefined) replacements.observe({ pool }, emptyMs / 1000);
  });
  events.on('agent-gone', ({ agent, at }) => left(agent.pool, agent.name, at));
  events.on('pass-ended', () => {
    const document = status();
    if (document === undefined) return;
    for (const pool of document.pools) {
      if (!begun.has(pool.name)) begin(pool.name);
      if (document.incus.readable && pool.azure.readable) looked.add(pool.name);
      accounts.get(pool.name)?.looked(document, pool);
    }
  });
}
