import type { IncusClient } from 'incus-client';
import { expect, it } from 'vitest';
import { UserError } from '../lib/user-error.js';
import { performStep } from './perform-step.js';

const STEP = { kind: 'make-network', network: { name: 'iap', description: '', config: {} } } as const;

/** An Incus that makes no network, for a reason of its own. */
function toolsOf(why: string) {
  const create = () => Promise.reject(new Error(why));
  const root = { server: { networks: { create }, networkAcls: {} } } as unknown as IncusClient;
  return { root, stateDirectory: '/nowhere', signal: new AbortController().signal };
}

it('names the key that makes up for a subnet that Incus does not find', async () => {
  const failing = performStep(STEP, toolsOf('create network iap: Failed to automatically find an unused IPv4 subnet'));
  await expect(failing).rejects.toThrow(
    /unused IPv4 subnet: write one as network\.address, such as 10\.213\.0\.1\/24$/,
  );
  await expect(failing).rejects.toBeInstanceOf(UserError);
});

it('leaves what else Incus says of a network as it is', async () => {
  await expect(performStep(STEP, toolsOf('create network iap: it is there'))).rejects.toThrow(
    /^create network iap: it is there$/,
  );
});
