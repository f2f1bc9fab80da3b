import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { countProcess } from './process-metrics.js';
import { countSlots } from './slot-metrics.js';
import type { StatusDocument } from './status-document.js';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Prometheus metrics, fed by events and, at a scrape, by the last status: a scrape calls neither Incus nor Azure. */
export function makeMetrics(events: Events<DaemonEvents>, status: () => StatusDocument | undefined): Registry {
  const registry = new Registry();
  const registers = [registry];
  countProcess(registry);
  const actions = new Counter({
    name: 'iap_actions_total',
    help: 'Actions that ended, by kind and outcome.',
    labelNames: ['pool', 'action', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'iap_action_duration_seconds',
    help: 'How long actions took that succeeded.',
    labelNames: ['action'],
    buckets: SECONDS,
    registers,
  });
  const phases = new Counter({
    name: 'iap_phases_total',
    help: 'Phases that agents have entered.',
    labelNames: ['pool', 'phase'],
    registers,
  });
  const calls = new Histogram({
    name: 'iap_call_duration_seconds',
    help: 'Calls to Incus and Azure, by route and status.',
    labelNames: ['to', 'route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const jobs = new Counter({
    name: 'iap_jobs_total',
    help: 'Jobs that ended, by the result that Azure tells.',
    labelNames: ['pool', 'result'],
    registers,
  });
  const waits = new Summary({
    name: 'iap_job_wait_seconds',
    help: "From the queue to the agent that took the job, by Azure's own clock: the jobs of the last hour. When the first step wrote its first line stands in no list of agents.",
    labelNames: ['pool'],
    percentiles: [0.5, 0.99],
    maxAgeSeconds: 3_600,
    ageBuckets: 6,
    registers,
  });
  events.on('job-taken', ({ agent, job }) => {
    if (job.waitedMs !== undefined) waits.observe({ pool: agent.pool }, job.waitedMs / 1000);
  });
  events.on('job-ended', ({ agent, job }) => jobs.inc({ pool: agent.pool, result: job.result ?? '' }));
  const keys = new Gauge({
    name: 'iap_agent_keys',
    help: 'RSA keys of agents to come, made ahead of need.',
    labelNames: ['state'],
    registers,
  });
  events.on('keys-changed', ({ ready, wanted }) => {
    keys.set({ state: 'ready' }, ready);
    keys.set({ state: 'wanted' }, wanted);
  });
  events.on('action-ended', ({ action, ms }) => {
    actions.inc({ pool: action.pool, action: action.kind, outcome: 'done' });
    durations.observe({ action: action.kind }, ms / 1000);
  });
  events.on('action-failed', ({ action }) =>
    actions.inc({ pool: action.pool, action: action.kind, outcome: 'failed' }),
  );
  events.on('phase-changed', ({ agent }) => phases.inc({ pool: agent.pool, phase: agent.phase }));
  events.on('call', ({ to, route, status: code, ms }) =>
    calls.observe({ to, route, status: code === undefined ? 'none' : String(code) }, ms / 1000),
  );
  countSlots(events, status, registry);
  for (const gauge of gauges(status)) registry.registerMetric(gauge);
  return registry;
}

/** They read the last status when they are scraped. */
function gauges(status: () => StatusDocument | undefined): Gauge[] {
  const agents = new Gauge({
    name: 'iap_agents',
    help: 'Agents by phase.',
    labelNames: ['pool', 'phase'],
    registers: [],
    collect() {
      this.reset();
      const document = status();
      for (const pool of [...(document?.pools ?? []), ...(document?.removed ?? [])])
        for (const agent of pool.agents) this.inc({ pool: pool.name, phase: agent.phase });
    },
  });
  const targets = new Gauge({
    name: 'iap_target_agents',
    help: 'Live agents wanted.',
    labelNames: ['pool'],
    registers: [],
    collect() {
      for (const pool of status()?.pools ?? []) this.set({ pool: pool.name }, pool.target);
    },
  });
  const modes = new Gauge({
    name: 'iap_registration_mode',
    help: 'Who registers the agents of a pool: 1 for the mode it is in.',
    labelNames: ['pool', 'mode'],
    registers: [],
    collect() {
      for (const pool of status()?.pools ?? [])
        for (const mode of ['host', 'guest', 'probing'] as const)
          this.set({ pool: pool.name, mode }, Number(pool.registration === mode));
    },
  });
  const readable = new Gauge({
    name: 'iap_readable',
    help: 'Whether Incus, and Azure for each pool, can be read: 1 or 0.',
    labelNames: ['of'],
    registers: [],
    collect() {
      const document = status();
      if (document === undefined) return;
      this.set({ of: 'incus' }, Number(document.incus.readable));
      for (const pool of document.pools) this.set({ of: `azure/${pool.name}` }, Number(pool.azure.readable));
    },
  });
  return [agents, targets, modes, readable];
}
