import { type IncusClient, isIncusError, type StringMap } from 'incus-client';
import { MARKS } from '../../model/marks.js';
import { type CopyCost, measuredCopy, type StorageFacts } from '../../model/storage.js';
import { removeInstance } from './remove-instance.js';

const DEADLINE_MS = 20 * 60_000;

export interface MeasureCopyOptions {
  readonly client: IncusClient;
  readonly base: string;
  /** Keys of the copy: they say whose it is. */
  readonly marks: StringMap;
  readonly storage: StorageFacts;
  /** Milliseconds that only ever grow. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Copies a base once to see what that costs, and removes the copy. */
export async function measureCopy(options: MeasureCopyOptions): Promise<CopyCost> {
  const { client, base, marks, now, signal } = options;
  const name = measuredCopy(base);
  await removeInstance(client, name);
  try {
    const before = await usedBytes(options);
    const startedAt = now();
    const source = { type: 'copy', source: base, instance_only: true } as const;
    const config = { ...marks, [MARKS.baseState]: 'building' };
    await client.instances.create({ name, source, config, ephemeral: false }, { signal, deadlineMs: DEADLINE_MS });
    const ms = Math.round(now() - startedAt);
    const after = await usedBytes(options);
    return { ms, bytes: before === undefined || after === undefined ? undefined : Math.max(0, after - before) };
  } finally {
    await removeInstance(client, name);
  }
}

/** Undefined for a client that is confined to a project, which may not ask. */
async function usedBytes({ client, storage, signal }: MeasureCopyOptions): Promise<number | undefined> {
  try {
    return (await client.server.storagePools.resources(storage.pool, { signal })).space.used;
  } catch (error) {
    if (isIncusError(error, 'forbidden') || isIncusError(error, 'not-found')) return undefined;
    throw error;
  }
}
