import type { IncusEvent } from 'incus-client';
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/simulation/fake-clock.js';
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
