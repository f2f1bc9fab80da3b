import { connectAzurePipelines } from 'azure-pipelines-client';
import { expect } from 'vitest';
import type { Scenario } from '../../testbed/scenario.js';

/** What is not the daemon's, though it looks as if it were. */
export interface Foreigners {
  readonly instances: readonly string[];
  readonly registrations: readonly string[];
  /** Fails the test when anything about them has changed. */
  expectUntouched(): Promise<void>;
}

/**
 * Places instances without marks or with another owner's, and registrations that other owners have named. The names of
 * all begin as the running daemon's own do.
 */
export async function placeForeigners(scenario: Scenario, image: string): Promise<Foreigners> {
  const { owner } = JSON.parse((await scenario.call('status', '--json')).stdout) as { owner: string };
  const source = { type: 'image', alias: image } as const;
  const marks = { 'user.iap.owner': 'another', 'user.iap.pool': 'default' };
  const instances = [
    { name: `ci-${owner}-mwtyjqpi`, config: {} },
    { name: 'ci-abcdef-mwtyjqpi', config: marks },
    { name: 'ci-abcdef-mwtyjqpj', config: { ...marks, 'user.iap.activated': '1' } },
  ];
  for (const instance of instances) await scenario.incus.instances.create({ ...instance, ephemeral: true, source });
  const registrations = ['ci-abcdef-mwtyjqpi', 'build-server'];
  await register(scenario, registrations);

  const look = async () => ({
    instances: await Promise.all(
      instances.map(async ({ name }) => (await scenario.incus.instances.get(name)).instance),
    ),
    registrations: scenario.emulator.agents().filter(agent => registrations.includes(agent.name)),
  });
  const before = await look();
  return {
    instances: instances.map(({ name }) => name),
    registrations,
    async expectUntouched() {
      expect(await look()).toEqual(before);
    },
  };
}

async function register({ emulator }: Scenario, names: readonly string[]): Promise<void> {
  await using azure = connectAzurePipelines({
    url: emulator.url,
    auth: { kind: 'pat', token: emulator.token },
    userAgent: 'a foreign program',
  });
  const pool = await azure.pools.findByName('default');
  if (pool === undefined) throw new Error('the emulator has no pool "default"');
  for (const name of names) await azure.agents.create(pool.id, { name, version: '4.999.0', osDescription: 'Linux' });
}
