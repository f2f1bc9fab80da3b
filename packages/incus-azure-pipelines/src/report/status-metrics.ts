import type { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import { AGENT_PHASES } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import { type LastStatus, makersFor } from './metric-makers.js';

/** What is kept of the dead: how many there are. */
export type CountDeaths = () => Promise<number>;

/** Tells what the last pass saw, at each scrape. */
export function tellStatus(
  events: Events<DaemonEvents>,
  status: LastStatus,
  countDeaths: CountDeaths,
  registry: Registry,
): void {
  const { gauge, scraped } = makersFor(registry);
  const pools = () => status()?.pools ?? [];
  const seenPools = () => (status()?.incus.readable === true ? pools() : []);
  const keys = gauge('iap_agent_keys', ['state'], 'RSA keys of agents to come, made ahead of need.');
  events.on('keys-changed', ({ ready, wanted }) => {
    keys.set({ state: 'ready' }, ready);
    keys.set({ state: 'wanted' }, wanted);
  });
  scraped('iap_agents', ['pool', 'phase'], 'Agents by phase; not there while Incus cannot be read.', agents => {
    for (const { name } of seenPools()) for (const phase of AGENT_PHASES) agents.set({ pool: name, phase }, 0);
    for (const pool of [...pools(), ...(status()?.removed ?? [])])
      for (const agent of pool.agents) agents.inc({ pool: pool.name, phase: agent.phase });
  });
  scraped(
    'iap_target_agents',
    ['pool'],
    'Live agents wanted; none in a pool that a person drains. Not there while Incus cannot be read.',
    targets => {
      for (const pool of seenPools()) targets.set({ pool: pool.name }, pool.target);
    },
  );
  scraped('iap_standby_agents', ['pool'], 'Idle agents kept beyond the busy ones and what is queued.', standby => {
    for (const { agentCount, name, queue } of pools()) standby.set({ pool: name }, queue?.standby ?? agentCount);
  });
  scraped(
    'iap_waiting_jobs',
    ['pool', 'for'],
    'Job requests that no agent has: that wait for an agent, for something that more agents do not bring, or for nobody, since no pool offers what they demand. There for pools that follow the queue, while it is read.',
    jobs => {
      for (const { name, queue } of seenPools()) {
        if (queue?.queued === undefined) continue;
        for (const what of ['agent', 'other', 'nobody'] as const) jobs.set({ pool: name, for: what }, 0);
        for (const { for: what, requests } of queue.waiting) jobs.inc({ pool: name, for: what }, requests.length);
      }
    },
  );
  scraped('iap_drained', ['pool'], 'Whether a person drains the pool: 1 or 0.', drained => {
    for (const pool of pools()) drained.set({ pool: pool.name }, Number(pool.drained));
  });
  scraped('iap_placeholder', ['pool'], 'Whether a pool that may be empty has its placeholder: 1 or 0.', there => {
    // Where it is not known, or not wanted any more, no number is better than a wrong one.
    for (const { name, placeholder } of pools())
      if (placeholder?.state === 'there' || placeholder?.state === 'missing')
        there.set({ pool: name }, Number(placeholder.state === 'there'));
  });
  scraped(
    'iap_registration_mode',
    ['pool', 'mode'],
    'Who registers the agents of a pool: 1 for the mode it is in.',
    modes => {
      for (const pool of pools())
        for (const mode of ['host', 'guest', 'probing'] as const)
          modes.set({ pool: pool.name, mode }, Number(pool.registration === mode));
    },
  );
  scraped('iap_readable', ['of', 'pool'], 'Whether Incus, and Azure for each pool, can be read: 1 or 0.', readable => {
    const document = status();
    if (document === undefined) return;
    readable.set({ of: 'incus', pool: '' }, Number(document.incus.readable));
    for (const pool of document.pools) readable.set({ of: 'azure', pool: pool.name }, Number(pool.azure.readable));
  });
  scraped(
    'iap_token_expiry_timestamp_seconds',
    ['pool'],
    'When what the pool signs in with expires; there where the configuration tells (`azure.patExpires`), or its certificate.',
    expiry => {
      for (const { name, tokenExpiresAt } of pools())
        if (tokenExpiresAt !== undefined) expiry.set({ pool: name }, tokenExpiresAt / 1000);
    },
  );
  scraped(
    'iap_base_built_timestamp_seconds',
    ['pool'],
    'When the base was built that the pool wants; there once it is.',
    built => {
      for (const { generation, name } of pools())
        if (generation !== undefined) built.set({ pool: name }, generation.builtAt / 1000);
    },
  );
  scraped(
    'iap_base_checked_timestamp_seconds',
    ['pool'],
    'When image and agent in that base were last seen to be the newest.',
    checked => {
      for (const { generation, name } of pools())
        if (generation !== undefined) checked.set({ pool: name }, generation.checkedAt / 1000);
    },
  );
  scraped('iap_base_proven', ['pool'], 'Whether an agent of that base was online: 1 or 0.', proven => {
    for (const { generation, name } of pools())
      if (generation !== undefined) proven.set({ pool: name }, Number(generation.proven));
  });
  scraped('iap_last_pass_timestamp_seconds', [], 'When the loop last looked and decided.', pass => {
    const document = status();
    if (document !== undefined) pass.set(document.at / 1000);
  });
  scraped(
    'iap_next_pass_timestamp_seconds',
    [],
    'When the loop is to look again at the latest; something may ring before.',
    pass => {
      const due = status()?.nextLookAt;
      if (due !== undefined) pass.set(due / 1000);
    },
  );
  scraped(
    'iap_ledger_entries',
    ['of'],
    'What the daemon remembers: actions under way, failures that wait for their next try, and ends of agents that `logs` lists.',
    async entries => {
      const all = [...pools(), ...(status()?.removed ?? [])];
      entries.set(
        { of: 'under-way' },
        all.reduce((sum, { underWay }) => sum + underWay.length, 0),
      );
      entries.set(
        { of: 'failures' },
        all.reduce((sum, { backingOff }) => sum + backingOff.length, 0),
      );
      entries.set({ of: 'deaths' }, await countDeaths());
    },
  );
}
