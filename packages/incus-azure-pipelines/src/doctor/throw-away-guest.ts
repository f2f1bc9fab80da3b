/** An instance that is made to be tried, and gone again whatever becomes of this process. */
import { randomBytes } from 'node:crypto';
import type { CopySource, ImageSource, IncusClient } from 'incus-client';
import { removeInstance } from '../execute/base/remove-instance.js';
import { Isolation } from '../execute/isolation.js';
import { MARKS } from '../model/marks.js';
import type { PoolSpec } from '../model/pool.js';
import { shapeKeys } from '../model/shape.js';

const PREFIX = 'iap-doctor-';
/** Epoch ms at which it was made: only by this key is one known as the doctor's. */
const MADE = 'user.iap.doctor';
const CREATE_MS = 120_000;
const EXEC_MS = 30_000;
/** It powers itself off then, and so is deleted: nobody may be left to do it. */
const LIFE_S = 600;

export interface GuestSource {
  readonly source: CopySource | ImageSource;
  /** In words. */
  readonly from: string;
  readonly docker: boolean;
  /** The pool whose limits it gets. */
  readonly spec: PoolSpec;
}

/**
 * Makes a guest as the daemon does, but with no mark of its own, so that no daemon takes it for an agent or a base. Disposing of
 * it deletes it.
 *
 * @throws IncusError when it cannot be made; nothing is left then.
 */
export async function throwAwayGuest(
  incus: IncusClient,
  { docker, source, spec }: GuestSource,
  isolationOff: string | undefined,
): Promise<AsyncDisposable & { readonly name: string }> {
  const name = `${PREFIX}${randomBytes(4).toString('hex')}`;
  const unmarked = Object.fromEntries(Object.values(MARKS).map(mark => [mark, '']));
  const config = {
    ...shapeKeys(spec),
    ...unmarked,
    [MADE]: String(Date.now()),
    'security.nesting': String(docker),
  };
  const isolation = new Isolation({ off: isolationOff, onOff: () => {} });
  const removal = { name, [Symbol.asyncDispose]: () => remove(incus, name) };
  try {
    // Not aborted: Incus would go on, and what it makes later would stay.
    await isolation.creating(keys =>
      incus.instances.create(
        { name, source, ephemeral: true, start: true, config: { ...config, ...keys } },
        { deadlineMs: CREATE_MS },
      ),
    );
    const command = ['sh', '-c', `(sleep ${LIFE_S}; poweroff -f) >/dev/null 2>&1 &`];
    await incus.exec(name, { command, withoutStreams: true }, { deadlineMs: EXEC_MS });
    return removal;
  } catch (error) {
    await removal[Symbol.asyncDispose]();
    throw error;
  }
}

/** Deletes what doctors that were killed have left, once nobody can be at it any more. */
export async function removeLeftGuests(incus: IncusClient, signal: AbortSignal): Promise<void> {
  const tooOld = Date.now() - 1_000 * LIFE_S;
  const left = (await incus.instances.list({ signal })).filter(
    ({ config, name }) => name.startsWith(PREFIX) && Number(config[MADE]) < tooOld,
  );
  for (const { name } of left) await remove(incus, name);
}

async function remove(incus: IncusClient, name: string): Promise<void> {
  await removeInstance(incus, name);
}
