import { azureKey } from '../../src/model/pool.js';
import { shareQueue } from '../../src/observe/queue.js';

/** Bugs of what shares the queue out, by what each does. */
export const shares: Readonly<Record<string, typeof shareQueue>> = {
  'counts a request for each pool that could take it': (before, sight, desired, now) => {
    const alone = desired.map(spec => shareQueue(before, sight, [spec], now));
    return { ...shareQueue(before, sight, desired, now), queued: new Map(alone.flatMap(({ queued }) => [...queued])) };
  },
  'makes agents for what none can do': (before, sight, desired, now) => {
    const { hosts, queued, waiting } = shareQueue(before, sight, desired, now);
    const more = [...queued].map(([pool, reading]) => {
      const spec = desired.find(({ name }) => name === pool);
      const lost = waiting.filter(one => one.pool === undefined && spec && one.agentPool === azureKey(spec.azure));
      return [pool, reading.known ? { ...reading, value: reading.value + lost.length } : reading] as const;
    });
    return { queued: new Map(more), waiting, hosts };
  },
  'overlooks what waits where pools share an agent pool': (before, sight, desired, now) => {
    const { hosts, queued, waiting } = shareQueue(before, sight, desired, now);
    const keys = desired.map(spec => azureKey(spec.azure));
    const isShared = (pool: string) => {
      const key = keys[desired.findIndex(({ name }) => name === pool)];
      return keys.filter(one => one === key).length > 1;
    };
    const seen = [...queued].map(
      ([pool, reading]) => [pool, reading.known && isShared(pool) ? { ...reading, value: 0 } : reading] as const,
    );
    return { queued: new Map(seen), waiting, hosts };
  },
  'makes agents for what waits for a parallel job': (before, sight, desired, now) =>
    shareQueue(before, { ...sight, parallelJobs: new Map() }, desired, now),
  'takes all that waits for what waits for something else': (before, sight, desired, now) => {
    const { hosts, queued, waiting } = shareQueue(before, sight, desired, now);
    const none = [...queued].map(
      ([pool, reading]) => [pool, reading.known ? { ...reading, value: 0 } : reading] as const,
    );
    return {
      queued: new Map(none),
      waiting: waiting.map(one => ({ ...one, held: true, mostAtOnce: undefined })),
      hosts,
    };
  },
  'counts what an agent has already': (before, sight, desired, now) =>
    shareQueue(before, { ...sight, registrations: withoutJobs(sight.registrations) }, desired, now),
};

/** A bug that shows where several hosts share an agent pool. */
export const takesNoNotice: typeof shareQueue = (before, sight, desired, now) =>
  shareQueue(before, { ...sight, others: new Map() }, desired, now);

/** A bug that shows where a pool has no base that works, and shares its agent pool with one that has. */
export const passesNobodyOver: typeof shareQueue = (before, sight, desired, now) =>
  shareQueue(before, { ...sight, heldUp: new Map() }, desired, now);

function withoutJobs(registrations: Parameters<typeof shareQueue>[1]['registrations']): typeof registrations {
  return new Map(
    [...registrations].map(([key, reading]) => [
      key,
      reading.known ? { ...reading, value: reading.value.map(one => ({ ...one, assigned: undefined })) } : reading,
    ]),
  );
}
