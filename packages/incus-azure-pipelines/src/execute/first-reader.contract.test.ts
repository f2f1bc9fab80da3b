import type { IncusClient } from 'incus-client';
import { expect, onTestFinished, test } from 'vitest';
import { ExecutorBench, MARK } from '../../test/executor-bench.js';
import { activateAgent } from './activate-agent.js';
import { createInstance } from './create-instance.js';

type Request = Parameters<IncusClient['instances']['create']>[0];

const signal = AbortSignal.timeout(60_000);

/** All that the first version of the program (2026-11-23) made of an instance's keys, as it read them. */
function readThen(config: Readonly<Record<string, string>>, ownerId: string) {
  const activated = Number(config['user.iap.activated']);
  return {
    isOurs: config['user.iap.owner'] === ownerId,
    isBase: config['user.iap.base.state'] !== undefined,
    pool: config['user.iap.pool'] ?? '',
    base: config['user.iap.base'] ?? '',
    server: config['user.iap.server'],
    activatedAt: config['user.iap.activated'] === undefined || Number.isNaN(activated) ? undefined : activated,
    isDeafened: config['security.guestapi'] === 'false',
  };
}

/** Incus keeps no key whose value is empty. */
function kept(config: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''));
}

test('the first version reads what is written now: whose it is, of what pool and base, and when it was activated', async () => {
  const bench = await ExecutorBench.start({ kind: 'guest' });
  onTestFinished(() => bench[Symbol.asyncDispose]());
  const requests: Request[] = [];
  const { incus } = bench.parts;
  const parts = {
    ...bench.parts,
    ownerId: 'an-id',
    incus: {
      ...incus,
      instances: {
        ...incus.instances,
        create: async (request: Request) => void requests.push(request),
      },
    },
  };
  const action = { pool: 'linux', name: 'ci-1', reason: '' } as const;
  await createInstance({ ...action, kind: 'create-instance', base: 'a-base', docker: false }, parts, signal);
  const made = kept(requests[0]?.config ?? {});
  const prepared = { isOurs: true, isBase: false, pool: 'linux', base: 'a-base', isDeafened: false };
  const server = 'azure.test';
  expect(readThen(made, 'an-id')).toEqual({ ...prepared, server, activatedAt: undefined });
  expect(made['user.iap.contract']).toBe('1');

  const before = parts.clock.now();
  await activateAgent({ ...action, kind: 'activate-agent', agentVersion: '4.260.0' }, parts, signal);
  expect(bench.calls).toContain(MARK);
  const { activatedAt = 0, ...rest } = readThen(kept({ ...made, ...bench.marks }), 'an-id');
  expect(rest).toEqual({ ...prepared, server });
  expect(activatedAt).toBeGreaterThanOrEqual(before);
  expect(activatedAt).toBeLessThanOrEqual(parts.clock.now());
});
