import type { IncusEvent } from 'incus-client';
import { describe, expect, test } from 'vitest';
import { anIncusInstance } from '../../test/an-incus-instance.js';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import { MARKS } from '../model/marks.js';
import { IncusObserver } from './incus-observer.js';

const { signal } = new AbortController();

function happened(action: string, second: number, name = 'a'): IncusEvent {
  const timestamp = new Date(second * 1000).toISOString();
  return { type: 'lifecycle', timestamp, location: 'none', metadata: { action, source: '', name } };
}

/** Within how many ms each of these events wants a look. */
async function rings(...events: readonly IncusEvent[]): Promise<number[]> {
  const client = {
    events: {
      async *subscribe() {
        yield* events;
      },
    },
    instances: { list: async () => [] },
  };
  const heard: number[] = [];
  await new IncusObserver(client, 'owner', new FakeClock(0)).follow(withinMs => heard.push(withinMs), signal);
  return heard;
}

test.each(['instance-ready', 'instance-shutdown', 'instance-stopped', 'instance-deleted', 'instance-restarted'])(
  '%s rings at once',
  async action => {
    expect(await rings(happened(action, 0))).toEqual([0]);
  },
);

test.each(['instance-created', 'instance-started', 'instance-updated', 'instance-file-pushed', 'instance-exec'])(
  '%s, which our own calls emit, does not ring',
  async action => {
    expect(await rings(happened(action, 0))).toEqual([]);
  },
);

test('a guest that goes down after it rang is not urgent', async () => {
  const events = [happened('instance-ready', 5), happened('instance-shutdown', 6), happened('instance-deleted', 7)];
  expect(await rings(...events)).toEqual([0, 1_000, 0]);
});

test('a guest that goes down long after it rang, or beside one that did, rings at once', async () => {
  expect(await rings(happened('instance-ready', 5), happened('instance-shutdown', 15))).toEqual([0, 0]);
  expect(await rings(happened('instance-ready', 5), happened('instance-shutdown', 6, 'b'))).toEqual([0, 0]);
});

test('a gap in the events rings at once', async () => {
  expect(await rings({ type: 'gap', reason: 'connected', since: 0 })).toEqual([0]);
});

describe('a guest that says Ready', () => {
  /** An observer that has listed `a`, which runs, and that hears these events after it. */
  async function listedBefore(events: readonly IncusEvent[], status = 'Running', marks = {}) {
    const clock = new FakeClock(1_000);
    const lists: number[] = [];
    const heard: number[] = [];
    const client = {
      events: {
        async *subscribe() {
          yield* events;
        },
      },
      instances: {
        list: async () => {
          lists.push(clock.now());
          return [anIncusInstance({ name: 'a', config: { [MARKS.owner]: 'owner', ...marks }, status })];
        },
      },
    };
    const observer = new IncusObserver(client, 'owner', clock);
    await observer.read(signal);
    await observer.follow(withinMs => heard.push(withinMs), signal);
    /** Reads once more; a list waits for its spacing. */
    const read = async () => {
      const reading = observer.read(signal);
      await clock.advance(100);
      return reading;
    };
    return { read, lists, heard };
  }

  test('is seen so at once in the latest list, and the next one is asked for', async () => {
    const { read, lists, heard } = await listedBefore([happened('instance-ready', 5)]);
    const { instances } = await read();
    expect(instances).toMatchObject({ known: true, at: 1_000, value: [{ name: 'a', status: 'ready' }] });
    expect(lists).toEqual([1_000]);
    expect(heard).toEqual([0, 100]);
  });

  test('is read from a list when the latest one lacks it or shows it as ready, as that of one who rings without end', async () => {
    const lacking = await listedBefore([happened('instance-ready', 5, 'a'), happened('instance-ready', 5, 'b')]);
    const ready = await listedBefore([happened('instance-ready', 5)], 'Ready');
    for (const { read, lists } of [lacking, ready]) {
      await read();
      expect(lists).toEqual([1_000, 1_100]);
    }
  });

  test('is read from a list when it is an agent already whose mark was not heard of: it may come late', async () => {
    const { read, lists } = await listedBefore([happened('instance-ready', 5)], 'Running', { [MARKS.activated]: '1' });
    expect((await read()).instances).toMatchObject({ value: [{ status: 'running' }] });
    expect(lists).toEqual([1_000, 1_100]);
  });

  test('is told once: what the next list shows stands', async () => {
    const { read, lists } = await listedBefore([happened('instance-ready', 5)]);
    await read();
    expect((await read()).instances).toMatchObject({ at: 1_100, value: [{ status: 'running' }] });
    expect(lists).toEqual([1_000, 1_100]);
  });
});

test.each([
  ['is quick', 10, 100],
  ['takes long', 60, 240],
  ['takes very long', 700, 1_000],
])(
  'after a list that %s the next one begins when four times as long has passed, a second at most',
  async (_, tookMs, spacingMs) => {
    const clock = new FakeClock(0);
    const lists: number[] = [];
    const client = {
      events: { async *subscribe() {} },
      instances: {
        list: async () => {
          lists.push(clock.now());
          await clock.sleep(tookMs, signal);
          return [];
        },
      },
    };
    const observer = new IncusObserver(client, 'owner', clock);
    const first = observer.read(signal);
    await clock.advance(tookMs);
    await first;
    const second = observer.read(signal);
    while (lists.length < 2 && clock.now() < 2_000) await clock.advance(10);
    await clock.advance(tookMs);
    await second;
    expect(lists).toEqual([0, spacingMs]);
  },
);

test('a list that fails is an unknown reading since the first that did, and no ring makes it known', async () => {
  const clock = new FakeClock(1_000);
  let fails = false;
  const client = {
    events: {
      async *subscribe() {
        yield happened('instance-ready', 5);
      },
    },
    instances: {
      list: async () => {
        if (fails) throw new Error('gone away');
        return [anIncusInstance({ config: { [MARKS.owner]: 'owner' }, name: 'a' })];
      },
    },
  };
  const observer = new IncusObserver(client, 'owner', clock);
  await observer.read(signal);
  fails = true;
  const read = async () => {
    const reading = observer.read(signal);
    await clock.advance(100);
    return reading;
  };
  const unread = { known: false, error: 'gone away', since: 1_100 };
  expect(await read()).toEqual({ instances: unread, bases: unread });
  await observer.follow(() => {}, signal);
  expect(await read()).toEqual({ instances: unread, bases: unread });
});
