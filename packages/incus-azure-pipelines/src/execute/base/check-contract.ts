import type { IncusClient } from 'incus-client';
import { BaseBuildError } from './base-build-error.js';
import { BREACH, contractCheck, LACK, VERSION } from './contract-check.js';
import type { BaseUnderConstruction } from './run-in-base.js';

const DEADLINE_MS = 3 * 60_000;

/**
 * Looks at a copy of a base that was made by hand, while it runs, and returns the version of the agent in it. What it lacks
 * and can do without is told.
 *
 * @param source what a person calls it, for the message.
 * @throws BaseBuildError with everything in it that does not keep the guest contract.
 */
export async function checkContract(
  base: Omit<BaseUnderConstruction, 'client'> & { readonly client: Pick<IncusClient, 'exec'> },
  source: string,
  docker: boolean,
): Promise<string> {
  const { client, name, onProgress, signal } = base;
  const command = ['bash', '-c', contractCheck, 'contract-check', docker ? 'docker' : 'no-docker'];
  const { stdout } = await client.exec(name, { command }, { signal, deadlineMs: DEADLINE_MS });
  const lines = stdout.split('\n');
  const told = (mark: string) => lines.filter(line => line.startsWith(mark)).map(line => line.slice(mark.length));
  const breaches = told(BREACH);
  const [version] = told(VERSION);
  for (const lack of told(LACK))
    onProgress({ kind: 'line', text: `It should have by CONTRACT.md, and does without: ${lack}.` });
  if (breaches.length === 0 && version !== undefined) {
    onProgress({ kind: 'line', text: `It keeps the guest contract, with agent ${version}.` });
    return version;
  }
  const what = `"${source}" does not keep the guest contract (CONTRACT.md)`;
  throw new BaseBuildError('contract', `${what}: ${breaches.join('; ') || 'the check did not come to its end'}`);
}

/**
 * Looks whether a base that has never run would give all its copies one identity.
 *
 * @throws BaseBuildError when it would.
 */
export async function checkIdentity({ client, name, signal }: BaseUnderConstruction, source: string): Promise<void> {
  const file = await client.files.pull(name, '/etc/machine-id', { signal });
  const id = file.type === 'directory' ? '' : Buffer.from(file.content).toString().trim();
  if (id === '' || id === 'uninitialized') return;
  const what = `"${source}" does not keep the guest contract (CONTRACT.md)`;
  throw new BaseBuildError('contract', `${what}: /etc/machine-id is not empty, so all copies would be one machine`);
}
