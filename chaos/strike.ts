import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connectAzurePipelines, isAzurePipelinesError } from 'azure-pipelines-client';
import { fillFileSystem } from '../testbed/fill-file-system.js';
import { type AzureFault, type FaultKind, isAzureFault, RETRY_AFTER_S, type Strike } from './fault.js';
import { hold, type Stage } from './stage.js';
import { endInstance, freezeInstance } from './strike-instance.js';
import type { Hit } from './verdict.js';

/** Lets a fault happen, and returns once it is gone; false where it met nothing. */
export function strike(drawn: Strike, stage: Stage): Promise<boolean> {
  const { kind } = drawn;
  return isAzureFault(kind) ? azureAway(kind, drawn.holdMs, stage) : DEEDS[kind](drawn, stage);
}

type Deed = (strike: Strike, stage: Stage) => Promise<boolean>;

const DEEDS: Readonly<Record<Exclude<FaultKind, AzureFault>, Deed>> = {
  'kill-daemon': killDaemon,
  'restart-incus': restartIncus,
  'stop-instance': endInstance,
  'delete-instance': endInstance,
  'freeze-instance': freezeInstance,
  'delete-registration': deleteRegistration,
  'fill-storage': fillStorage,
};

async function killDaemon({ kind, holdMs }: Strike, { keeper, slots }: Stage): Promise<boolean> {
  const gone = slots.outage(kind);
  const wasThere = await keeper.kill(holdMs / 2);
  gone();
  return wasThere;
}

/** In good order or not, with its guests left running. */
async function restartIncus({ form, kind, holdMs }: Strike, stage: Stage): Promise<boolean> {
  const gone = stage.slots.outage(kind);
  const signal = form < 0.5 ? 'SIGTERM' : 'SIGKILL';
  await stage.incus.restart({ signal, whileAway: () => hold(holdMs / 2, stage) });
  gone();
  return true;
}

/** As a person may do in the portal. Azure refuses it for an agent that has a job. */
async function deleteRegistration({ aim }: Strike, { scenario }: Stage): Promise<boolean> {
  const { emulator } = scenario;
  const agents = emulator.agents();
  const agent = agents[Math.floor(aim * agents.length)];
  if (agent === undefined) return false;
  const auth = { kind: 'pat', token: emulator.token } as const;
  await using azure = connectAzurePipelines({ url: emulator.url, auth, userAgent: 'a person' });
  try {
    const pool = await azure.pools.findByName(agent.pool);
    if (pool !== undefined) await azure.agents.delete(pool.id, agent.id);
    return true;
  } catch (error) {
    if (!isAzurePipelinesError(error)) throw error;
    return false;
  }
}

async function fillStorage({ kind, holdMs }: Strike, stage: Stage): Promise<boolean> {
  const { incus, hits, slots } = stage;
  const filler = join(incus.directory, 'storage-pools', incus.storagePool, 'filler');
  const hit: Hit = { kind, at: Date.now(), agent: undefined };
  hits.push(hit);
  const gone = slots.outage(kind);
  try {
    await fillFileSystem(filler);
    await hold(holdMs, stage);
  } finally {
    await rm(filler, { force: true });
    hit.endedAt = Date.now();
    gone();
  }
  return true;
}

/** Azure answers the daemon like this, or nobody at all. */
async function azureAway(kind: AzureFault, holdMs: number, stage: Stage): Promise<boolean> {
  const { hits, slots, scenario } = stage;
  const hit: Hit = { kind, at: Date.now(), agent: undefined };
  // Only then are agents and their jobs cut off, too.
  if (kind === 'cut') hits.push(hit);
  const gone = slots.outage(kind);
  const caller = kind === 'cut' ? 'any' : 'organisation';
  scenario.emulator.failNext({ kind, caller, times: Number.POSITIVE_INFINITY, retryAfterS: RETRY_AFTER_S });
  await hold(holdMs, stage);
  scenario.emulator.clearFaults();
  hit.endedAt = Date.now();
  gone();
  return true;
}
