import { beforeEach, expect, test } from 'vitest';
import { aDeath } from '../../test/a-death.js';
import { anAgent, nameOf } from '../../test/simulation/examples.js';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { Death } from './death.js';
import { followForPage } from './live-page.js';
import type { PageDocument } from './page-document.js';

const HOUR_MS = 3_600_000;
const START = 10 * HOUR_MS;

let events: Events<DaemonEvents>;
let failures: unknown[];
/** Records of daemons before this one, the newest first, whatever they are. */
let records: Map<string, unknown>;
let read: string[];

beforeEach(() => {
  events = new Events(error => {
    throw error;
  });
  failures = [];
  records = new Map();
  read = [];
});

const folder = {
  names: async () => [...records.keys()],
  read: async (name: string) => {
    read.push(name);
    return records.get(name) as Death;
  },
  write: async (): Promise<void> => {},
};

function follow(given: Partial<typeof folder> = {}) {
  const options = {
    clock: new FakeClock(START),
    lookEveryMs: 15_000,
    onFailure: (error: unknown) => void failures.push(error),
  };
  return followForPage(events, () => undefined, { ...folder, ...given }, options);
}

/** Names of the agents that the first message tells of, and why they ended. */
async function told({ feed }: Awaited<ReturnType<typeof follow>>) {
  const over = new AbortController();
  for await (const { data } of feed.follow(undefined, over.signal)) {
    over.abort();
    return (JSON.parse(data) as PageDocument).lives.map(({ name, why }) => [name, why]);
  }
  return [];
}

test.each([null, {}, 7, { name: 'odd' }])('a record that is %j is told, and keeps back no other', async odd => {
  records.set('odd', odd).set('fine', aDeath('fine', START));
  expect(await told(await follow())).toEqual([['fine', 'its job is done']]);
  expect(failures).toHaveLength(1);
});

test('a folder that cannot be listed is told, and stops no daemon', async () => {
  const names = async () => {
    throw new Error('the disk is gone');
  };
  expect(await told(await follow({ names }))).toEqual([]);
  expect(failures).toEqual([new Error('the disk is gone')]);
});

test('of the ends before its time, those of an hour are read, and fifty at least', async () => {
  for (let n = 0; n < 70; n++) records.set(`agent-${n}`, aDeath(`agent-${n}`, START - (n < 60 ? 0 : 2 * HOUR_MS)));
  await follow();
  expect(read).toEqual(Array.from({ length: 61 }, (_, n) => `agent-${n}`));
  read = [];
  records = new Map(Array.from({ length: 70 }, (_, n) => [`agent-${n}`, aDeath(`agent-${n}`, START - 2 * HOUR_MS)]));
  await follow();
  expect(read).toHaveLength(50);
});

test('nobody is told why an agent ended before its record can be read', async () => {
  const disk = new AbortController();
  const page = await follow({
    write: () => new Promise<void>(done => disk.signal.addEventListener('abort', () => done())),
  });
  events.emit('phase-changed', { agent: anAgent(0, 'idle'), from: undefined, at: START });
  const writing = page.deaths.write(nameOf(0), aDeath(nameOf(0), START + 5));
  await settled();
  expect(await told(page)).toEqual([[nameOf(0), undefined]]);
  disk.abort();
  await writing;
  expect(await told(page)).toEqual([[nameOf(0), 'its job is done']]);
});

test('why an agent ended is told also where its record cannot be written', async () => {
  const write = async () => {
    throw new Error('the disk is full');
  };
  const page = await follow({ write });
  await expect(page.deaths.write('last', aDeath('last', START))).rejects.toThrow('the disk is full');
  expect(await told(page)).toEqual([['last', 'its job is done']]);
});
