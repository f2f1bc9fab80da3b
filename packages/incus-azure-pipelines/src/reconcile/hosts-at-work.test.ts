import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { anAgent, aPool, NOW } from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import { isHostPool } from '../lib/host-pools.js';
import { type Installation, openInstallation } from '../lib/installation.js';
import type { AgentPhase } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import { azureKey } from '../model/pool.js';
import { rememberHostsAtWork } from './hosts-at-work.js';

const specs = ['host', 'guest'].map(name => {
  const pool = aPool({ name });
  return { ...pool, azure: { ...pool.azure, agentPool: name } };
});
let installation: Installation;
let events: Events<DaemonEvents>;

beforeEach(async () => {
  installation = await openInstallation(await mkdtemp(join(tmpdir(), 'hosts-at-work-')));
  events = new Events<DaemonEvents>(error => expect.unreachable(String(error)));
  rememberHostsAtWork(events, {
    pools: new Map(specs.map(spec => [spec.name, { spec }])),
    installation,
    registration: { of: pool => ({ kind: pool === 'host' ? 'host' : 'guest' }) },
  });
});

afterEach(() => rm(installation.directory, { recursive: true }));

function activated(pool: string, kind: 'activate-agent' | 'listen-agent' = 'activate-agent'): void {
  const { name } = anAgent(1, 'prepared');
  events.emit('action-ended', { action: { kind, pool, name, agentVersion: '4', reason: '' }, at: NOW, ms: 1 });
}

function seen(pool: string, phase: AgentPhase): void {
  events.emit('phase-changed', { agent: anAgent(1, phase, { pool }), from: undefined, at: NOW });
}

async function remembered(): Promise<readonly string[]> {
  const names = specs.map(async spec => ((await isHostPool(installation, azureKey(spec.azure))) ? [spec.name] : []));
  return (await Promise.all(names)).flat();
}

it.each([
  ['activated', 'activate-agent', 'idle'],
  ['activated, and first seen with a job', 'activate-agent', 'busy'],
  ['made to listen, and enabled', 'listen-agent', 'idle'],
] as const)('a pool is one of the host once an agent is online that it has %s', async (_, kind, phase) => {
  activated('host', kind);
  seen('host', 'starting');
  expect(await remembered()).toEqual([]);
  seen('host', phase);
  await vi.waitFor(async () => expect(await remembered()).toEqual(['host']), 10_000);
});

it('is none by agents that the guest registers, or that an earlier daemon has activated', async () => {
  activated('guest');
  seen('guest', 'idle');
  seen('host', 'idle');
  expect(await remembered()).toEqual([]);
  // What comes later is remembered alone, though it was written after whatever came before.
  activated('host');
  seen('host', 'idle');
  await vi.waitFor(async () => expect(await remembered()).toEqual(['host']), 10_000);
});
