/** Conversations with the emulator, by the code that has them with a real server. */
import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../azure-pipelines-emulator/src/index.js';
import { KNOWN_PRIVATE_KEY } from '../../azure-pipelines-emulator/test/known-key.js';
import type { Where } from '../src/contract/converse.js';
import { systemClock } from '../src/lib/clock.js';
import { identitiesWith } from './an-identity.js';

const HOLD_MS = 50_000;
const agentPackage = { path: '/nonexistent', version: '4.275.0', sha256: 'ab'.repeat(32) };

/**
 * Starts an emulator that holds no poll but those that end otherwise. Once an agent waits for a job, `queue` is called: it queues
 * one that names the agent. The emulator's names are to be in no recording.
 */
export async function startScratch(options: EmulatorOptions = {}, queue = queueNaming) {
  let held = 0;
  let hasListened = false;
  let isQueued = false;
  const sleep = (ms: number, signal: AbortSignal) => {
    if (ms === HOLD_MS) held += 1;
    return delay(ms === HOLD_MS && held === 1 ? 1 : ms, undefined, { signal });
  };
  const clock = { now: () => Date.now(), sleep };
  const names = { collection: 'contoso-own', pools: ['scratch pool'], deployment: 'hosted' } as const;
  const emulator = await startEmulator({ agentPackage, clock, pollHoldMs: HOLD_MS, ...names, ...options });
  emulator.on(({ kind }) => {
    hasListened ||= kind === 'agent-offline';
    const waiting = emulator.agents().find(({ enabled }) => enabled);
    if (kind !== 'agent-changed' || !hasListened || isQueued || waiting === undefined) return;
    isQueued = true;
    queue(emulator, waiting.name);
  });
  return emulator;
}

/** Queues a job that only the agent of that name can be given. */
export function queueNaming(emulator: Emulator, agentName: string): void {
  const demands = [`Agent.Name -equals ${agentName}`];
  emulator.queueJob({ pool: 'scratch pool', name: 'secret job', steps: [], demands });
}

/** What a call has to be told, of such an emulator. */
export function whereIs(emulator: { readonly url: string; readonly token: string }, url = emulator.url): Where {
  // To make keys of full length takes longer than all else together.
  const keys = [KNOWN_PRIVATE_KEY, generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey];
  const makeKey = async () => keys.shift() ?? KNOWN_PRIVATE_KEY;
  return {
    url,
    agentPool: 'scratch pool',
    identity: identitiesWith(emulator.token, 'scratch').of('scratch'),
    besideOthers: false,
    awaitJobMs: 60_000,
    clock: systemClock,
    makeKey,
  };
}
