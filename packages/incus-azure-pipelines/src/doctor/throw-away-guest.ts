/** An instance that is made to be tried, and gone again whatever becomes of this process. */
import { randomBytes } from 'node:crypto';
import { type CopySource, type ImageSource, type IncusClient, isIncusError } from 'incus-client';
import { removeInstance } from '../execute/base/remove-instance.js';
import { devicesOf, profilesOf } from '../execute/devices-of.js';
import { Isolation } from '../execute/isolation.js';
import type { Clock } from '../lib/clock.js';
import type { ProfileDevices } from '../model/fittings.js';
import { MARKS } from '../model/marks.js';
import type { PoolSpec } from '../model/pool.js';
import { shapeKeys } from '../model/shape.js';
import { settled } from './fact-of.js';
import type { Fact } from './facts.js';

const PREFIX = 'iap-doctor-';
/** Epoch ms at which it was made: only by this key is one known as the doctor's. */
const MADE = 'user.iap.doctor';
const CREATE_MS = 120_000;
const EXEC_MS = 30_000;
/** While it is busy, its removal is tried so often, so far apart. */
const MOST_TRIES = 10;
const RETRY_MS = 2_000;
/** It powers itself off then, and so is deleted: nobody may be left to do it. */
const LIFE_S = 600;

export interface GuestSource {
  readonly source: CopySource | ImageSource;
  /** In words. */
  readonly from: string;
  readonly docker: boolean;
  /** The pool whose limits it gets. */
  readonly spec: PoolSpec;
  /** All pools whose agents are made from that. */
  readonly pools: readonly PoolSpec[];
  /** What is in the default profile. */
  readonly profile: ProfileDevices;
}

/** A guest of the doctor's that did not go, and why. */
export interface LeftGuest {
  readonly name: string;
  readonly error: string;
}

interface Seen<T> {
  readonly seen: Fact<T, 'unmade' | 'lost'>;
  readonly left: readonly LeftGuest[];
}

/**
 * Makes a guest as the daemon does, but with no mark of its own, so that no daemon takes it for an agent or a base; has it looked
 * at; and deletes it, whatever became of that. Tells what was seen also where the guest did not go.
 */
export async function inThrowAwayGuest<T>(
  incus: IncusClient,
  source: GuestSource,
  isolationOff: string | undefined,
  look: (name: string) => Promise<T>,
  clock: Clock,
): Promise<Seen<T>> {
  const name = `${PREFIX}${randomBytes(4).toString('hex')}`;
  const made = await settled(make(incus, name, source, isolationOff), () => 'unmade' as const);
  const seen = made.known ? await settled(look(name), () => 'lost' as const) : made;
  return { seen, left: await remove(incus, name, clock) };
}

/** Makes two of them, side by side, and has both looked at: attacker and victim. */
export async function inTwoThrowAwayGuests<T>(
  incus: IncusClient,
  source: GuestSource,
  isolationOff: string | undefined,
  look: (attacker: string, victim: string) => Promise<T>,
  clock: Clock,
): Promise<Seen<T>> {
  const { left, seen } = await inThrowAwayGuest(
    incus,
    source,
    isolationOff,
    attacker => inThrowAwayGuest(incus, source, isolationOff, victim => look(attacker, victim), clock),
    clock,
  );
  return seen.known ? { seen: seen.value.seen, left: [...seen.value.left, ...left] } : { seen, left };
}

/** In steps of their own, none of them aborted: Incus would go on, and what it makes later would stay. */
async function make(
  incus: IncusClient,
  name: string,
  { docker, profile, source, spec }: GuestSource,
  isolationOff: string | undefined,
): Promise<void> {
  const unmarked = Object.fromEntries(Object.values(MARKS).map(mark => [mark, '']));
  const config = {
    ...shapeKeys(spec),
    ...unmarked,
    [MADE]: String(Date.now()),
    'security.nesting': String(docker),
  };
  const isolation = new Isolation({ off: isolationOff, onOff: () => {} });
  await isolation.creating(keys =>
    incus.instances.create(
      {
        name,
        source,
        ephemeral: true,
        config: { ...config, ...keys },
        ...profilesOf(spec),
        devices: devicesOf(spec, profile),
      },
      { deadlineMs: CREATE_MS },
    ),
  );
  await incus.instances.start(name, { deadlineMs: CREATE_MS });
  const command = ['sh', '-c', `(sleep ${LIFE_S}; poweroff -f) >/dev/null 2>&1 &`];
  await incus.exec(name, { command, withoutStreams: true }, { deadlineMs: EXEC_MS });
}

/** Deletes what doctors that were killed have left, once nobody can be at it any more. Gives back what did not go. */
export async function removeLeftGuests(
  incus: IncusClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly LeftGuest[]> {
  const tooOld = Date.now() - 1_000 * LIFE_S;
  const old = (await incus.instances.list({ signal })).filter(
    ({ config, name }) => name.startsWith(PREFIX) && Number(config[MADE]) < tooOld,
  );
  const left: LeftGuest[] = [];
  for (const { name } of old) left.push(...(await remove(incus, name, clock)));
  return left;
}

/** Gives back the guest where it did not go. Another operation may be at it, such as its own powering off. */
async function remove(incus: IncusClient, name: string, clock: Clock): Promise<readonly LeftGuest[]> {
  for (let tries = 1; ; tries++) {
    const removed = await settled(removeInstance(incus, name), error => isIncusError(error, 'busy'));
    if (removed.known) return [];
    if (removed.kind !== true || tries === MOST_TRIES) return [{ name, error: removed.error }];
    await clock.sleep(RETRY_MS);
  }
}
