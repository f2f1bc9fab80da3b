import { setTimeout as delay } from 'node:timers/promises';
import { type Instance, ignoreNotFound, isIncusError } from 'incus-client';
import type { Strike } from './fault.js';
import { hold, type Stage } from './stage.js';
import type { Hit } from './verdict.js';

/** A guest that is asked to stop gets so long. */
const politeS = 10;
/** Some stay frozen for longer than Azure believes in them. */
const longFreeze = { share: 1 / 3, ms: 45_000 } as const;
const retryMs = 200;

/**
 * Ends an instance behind the daemon's back: asked to stop in good order, or deleted by force. A call that fails may have
 * struck all the same, so the hit stands, as one that may have missed: a job that came to no harm needs no excuse.
 */
export async function endInstance(strike: Strike, stage: Stage): Promise<boolean> {
  const { hits, scenario, slots } = stage;
  const instances = scenario.incus.instances;
  const name = await pick(strike, stage);
  if (name === undefined) return false;
  const hit: Hit = { kind: strike.kind, at: Date.now(), agent: name };
  hits.push(hit);
  slots.strike(name);
  try {
    if (strike.kind === 'stop-instance') await patiently(() => instances.stop(name, { timeoutS: politeS }));
    else await patiently(() => instances.stop(name, { force: true }));
    // One that is ephemeral is gone by now.
    if (strike.kind === 'delete-instance') await ignoreNotFound(patiently(() => instances.delete(name)));
    return true;
  } catch (error) {
    // It has gone by itself, or is just being started.
    if (!isIncusError(error)) throw error;
    hit.failed = true;
    if ((await patiently(() => instances.names())).includes(name)) slots.spare(name);
    return false;
  }
}

/** Freezes an instance: it is there, its processes stand still, and nobody is told. */
export async function freezeInstance(strike: Strike, stage: Stage): Promise<boolean> {
  const { hits, scenario, slots } = stage;
  const instances = scenario.incus.instances;
  const name = await pick(strike, stage);
  if (name === undefined) return false;
  const hit: Hit = { kind: strike.kind, at: Date.now(), agent: name };
  hits.push(hit);
  const thawed = slots.freeze(name);
  try {
    if (!(await isDone(() => instances.changeState(name, { action: 'freeze' })))) return false;
    await hold(strike.form < longFreeze.share ? longFreeze.ms : strike.holdMs, stage);
    return true;
  } finally {
    // By now the daemon may have deleted it.
    await isDone(() => instances.changeState(name, { action: 'unfreeze' }));
    hit.endedAt = Date.now();
    thawed();
  }
}

/** The name of one of the instances that are no base and run, as the strike aims. */
async function pick({ aim }: Strike, { scenario }: Stage): Promise<string | undefined> {
  const isTarget = ({ config, status }: Instance) =>
    config['user.iap.base.state'] === undefined && (status === 'Running' || status === 'Ready');
  const targets = (await patiently(() => scenario.incus.instances.list())).filter(isTarget);
  return targets[Math.floor(aim * targets.length)]?.name;
}

/** Tries again while Incus itself is away: another fault may have taken it. */
async function patiently<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isIncusError(error, 'unreachable')) throw error;
      await delay(retryMs);
    }
  }
}

/** Whether Incus did what it was asked to. */
async function isDone(call: () => Promise<void>): Promise<boolean> {
  try {
    await patiently(call);
    return true;
  } catch (error) {
    if (!isIncusError(error)) throw error;
    return false;
  }
}
