import { beforeEach, expect, test } from 'vitest';
import { anAgent, nameOf } from '../../test/simulation/examples.js';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { History } from './history.js';
import { BEAT_MS, type FeedMessage, LiveFeed } from './live-feed.js';
import type { PageDocument } from './page-document.js';

let events: Events<DaemonEvents>;
let clock: FakeClock;
let feed: LiveFeed;
let over: AbortController;

beforeEach(() => {
  events = new Events(error => {
    throw error;
  });
  clock = new FakeClock(1_000_000);
  over = new AbortController();
  feed = feedOf();
});

function feedOf(status: () => undefined = () => undefined): LiveFeed {
  return new LiveFeed(events, new History(events, () => undefined), status, { clock, lookEveryMs: 15_000 });
}

/** Reads all that it is told, until the end. */
function read(from: LiveFeed, since?: string): FeedMessage[] {
  const heard: FeedMessage[] = [];
  void (async () => {
    for await (const message of from.follow(since, over.signal)) heard.push(message);
  })();
  return heard;
}

function sees(n: number): void {
  events.emit('phase-changed', { agent: anAgent(n, 'idle'), from: undefined, at: clock.now() });
  events.emit('pass-ended', { at: clock.now() });
}

const namesIn = (message: FeedMessage | undefined) =>
  (JSON.parse(message?.data ?? '{}') as PageDocument).lives.map(({ name }) => name);

test('a reader is told all there is, and then what changes', async () => {
  sees(0);
  const heard = read(feed);
  await clock.advance(250);
  sees(1);
  await clock.advance(0);
  expect(heard.map(namesIn)).toEqual([[nameOf(0)], [nameOf(1)]]);
});

test('a reader is told since when and how often the daemon looks', async () => {
  await clock.advance(5_000);
  const [first] = await firstOf(read(feed));
  expect(JSON.parse(first?.data ?? '')).toMatchObject({ since: 1_000_000, lookEveryMs: 15_000 });
});

test('what changes in a hurry is told together, at most four times a second', async () => {
  const heard = read(feed);
  await settled();
  for (let n = 0; n < 50; n++) {
    sees(n);
    await clock.advance(10);
  }
  expect(heard.length).toBeLessThanOrEqual(3);
  await clock.advance(250);
  expect(heard.flatMap(namesIn)).toHaveLength(50);
});

test('while nothing changes there is a beat', async () => {
  const heard = read(feed);
  await clock.advance(250);
  await clock.advance(BEAT_MS);
  await clock.advance(BEAT_MS);
  expect(heard.map(({ event }) => event)).toEqual(['document', 'beat', 'beat']);
});

test('who comes back is told what it missed, and nothing twice', async () => {
  sees(0);
  const [last] = await firstOf(read(feed));
  sees(1);
  const [next] = await firstOf(read(feed, last?.id));
  expect(namesIn(next)).toEqual([nameOf(1)]);
  expect(JSON.parse(next?.data ?? '')).toMatchObject({ fresh: false });
});

test.each(['', 'nonsense', '999.5', '1000000.x'])('who knows %j is told all there is, anew', async since => {
  sees(0);
  const [first] = await firstOf(read(feed, since));
  expect(namesIn(first)).toEqual([nameOf(0)]);
  expect(JSON.parse(first?.data ?? '')).toMatchObject({ fresh: true });
});

test('nobody waits any more once the reader is gone', async () => {
  read(feed);
  await clock.advance(250);
  expect(clock.sleeping).toBe(1);
  over.abort();
  await settled();
  expect(clock.sleeping).toBe(0);
});

test('readers share a message, and it is kept for nobody', async () => {
  let written = 0;
  const shared = feedOf(() => {
    written += 1;
    return undefined;
  });
  await firstOf(read(shared));
  await firstOf(read(shared));
  expect(written).toBe(1);
  over.abort();
  await settled();
  over = new AbortController();
  await firstOf(read(shared));
  expect(written).toBe(2);
});

async function firstOf(heard: readonly FeedMessage[]): Promise<readonly FeedMessage[]> {
  await settled();
  return heard;
}
