import { expect, test } from 'vitest';
import { ScriptedIncus, STARTED, WAIT } from '../../test/scripted-incus.js';
import { aPool } from '../../test/simulation/examples.js';
import { inThrowAwayGuest, inTwoThrowAwayGuests, removeLeftGuests } from './throw-away-guest.js';

const { signal } = new AbortController();
const DONE = { id: STARTED.id, status_code: 200, metadata: { return: 0 } };
const source = {
  source: { type: 'copy', source: 'a-base' },
  from: 'base a-base',
  docker: false,
  spec: aPool(),
  pools: [aPool()],
  profile: { rootDisk: {}, nic: { name: 'eth0', device: {} } },
} as const;

/** Time that passes when somebody waits. */
function passing() {
  let now = 0;
  const sleep = async (ms: number) => {
    now += ms;
  };
  return { now: () => now, sleep };
}

/** An Incus that does as it is told, but for calls that begin with one of these. */
function willing(refused: Readonly<Record<string, string | (() => string | object)>> = {}) {
  return ScriptedIncus.start(call => {
    const word = Object.entries(refused).find(([start]) => call.startsWith(start))?.[1];
    if (word !== undefined) return typeof word === 'function' ? word() : word;
    return call === WAIT ? DONE : STARTED;
  });
}

/** What was done to the guest, without its name. */
const deeds = (incus: ScriptedIncus) =>
  incus.calls.filter(({ call }) => call !== WAIT).map(({ call }) => call.replace(/iap-doctor-\w+/, 'NAME'));

test('a guest is created, started, given its timer, looked at, and deleted', async () => {
  await using incus = await willing();
  const { left, seen } = await inThrowAwayGuest(incus.client, source, undefined, async name => name, passing());
  expect(seen).toMatchObject({ known: true, value: expect.stringMatching(/^iap-doctor-[0-9a-f]{8}$/) });
  expect(left).toEqual([]);
  expect(deeds(incus)).toEqual([
    'POST /1.0/instances',
    'PUT /1.0/instances/NAME/state',
    'POST /1.0/instances/NAME/exec',
    'PUT /1.0/instances/NAME/state',
    'DELETE /1.0/instances/NAME',
  ]);
  const bodyOf = (end: string) => JSON.parse(String(incus.calls.find(({ call }) => call.endsWith(end))?.body));
  const created = bodyOf('/instances');
  expect(created).toMatchObject({ ephemeral: true });
  expect(created).not.toHaveProperty('start');
  expect(bodyOf('/exec').command).toEqual(['sh', '-c', expect.stringMatching(/^\(sleep 600; poweroff -f\)/)]);
});

test('where its timer cannot be set, it is not looked at, and deleted', async () => {
  await using incus = await willing({ 'POST /1.0/instances/iap-doctor-': 'exec is broken' });
  const look = async () => 'seen';
  const { left, seen } = await inThrowAwayGuest(incus.client, source, undefined, look, passing());
  expect(seen).toMatchObject({ known: false, kind: 'unmade', error: expect.stringContaining('exec is broken') });
  expect(left).toEqual([]);
  expect(deeds(incus).at(-1)).toBe('DELETE /1.0/instances/NAME');
});

test('while it is busy its removal is tried again', async () => {
  let tries = 0;
  const busy = () => (++tries < 3 ? 'The instance is busy running a "stop" operation' : STARTED);
  await using incus = await willing({ 'DELETE ': busy });
  const { left } = await inThrowAwayGuest(incus.client, source, undefined, async () => 1, passing());
  expect([left, tries]).toEqual([[], 3]);
});

test('one that does not go is named, and what was seen in it is not lost', async () => {
  await using incus = await willing({ 'DELETE ': 'dataset is in use' });
  const { left, seen } = await inThrowAwayGuest(incus.client, source, undefined, async () => 'seen', passing());
  expect(seen).toEqual({ known: true, value: 'seen' });
  expect(left).toEqual([
    { name: expect.stringMatching(/^iap-doctor-/), error: expect.stringContaining('dataset is in use') },
  ]);
});

test('of guests that were left, those that nobody can be at any more are deleted, and others let be', async () => {
  const instance = (name: string, config: object) => ({ name, config, devices: {}, profiles: [], status: 'Stopped' });
  const made = (agoS: number) => ({ 'user.iap.doctor': String(Date.now() - agoS * 1_000) });
  const list = () => [
    instance('iap-doctor-old', made(700)),
    instance('iap-doctor-new', made(60)),
    instance('iap-doctor-foreign', {}),
    instance('somebody', made(700)),
  ];
  await using incus = await willing({ 'GET /1.0/instances': list });
  expect(await removeLeftGuests(incus.client, passing(), signal)).toEqual([]);
  expect(incus.calls.map(({ call }) => call).filter(call => call.startsWith('DELETE'))).toEqual([
    'DELETE /1.0/instances/iap-doctor-old',
  ]);
});

test('two guests are there side by side, and both go, the last first', async () => {
  await using incus = await willing();
  const look = async (...names: readonly string[]) => names;
  const { left, seen } = await inTwoThrowAwayGuests(incus.client, source, undefined, look, passing());
  const names = seen.known ? seen.value : [];
  expect([left, new Set(names).size]).toEqual([[], 2]);
  const deleted = incus.calls.filter(({ call }) => call.startsWith('DELETE')).map(({ call }) => call.split('/').at(-1));
  expect(deleted).toEqual(names.toReversed());
});

test('where the second cannot be made that is told, and the first goes', async () => {
  let made = 0;
  const refusing = () => (++made === 2 ? 'Reached maximum number of instances' : STARTED);
  await using incus = await ScriptedIncus.start(call =>
    call === 'POST /1.0/instances' ? refusing() : call === WAIT ? DONE : STARTED,
  );
  const look = async () => 'seen';
  const { seen } = await inTwoThrowAwayGuests(incus.client, source, undefined, look, passing());
  expect(seen).toMatchObject({ known: false, kind: 'unmade', error: expect.stringContaining('Reached maximum') });
  expect(deeds(incus).at(-1)).toBe('DELETE /1.0/instances/NAME');
});

test('a disk of a size is that of the pool, and in no other one is there a device', async () => {
  await using incus = await willing();
  const spec = { ...source.spec, instance: { ...source.spec.instance, diskSizeBytes: 2 ** 30 } };
  const rootDisk = { type: 'disk', path: '/', pool: 'fast' };
  const profile = { ...source.profile, rootDisk };
  await inThrowAwayGuest(incus.client, { ...source, spec, profile }, undefined, async () => 1, passing());
  await inThrowAwayGuest(incus.client, { ...source, profile }, undefined, async () => 1, passing());
  const made = incus.calls.filter(({ call }) => call === 'POST /1.0/instances');
  expect(made.map(({ body }) => JSON.parse(String(body)).devices)).toEqual([
    { root: { ...rootDisk, size: `${2 ** 30}B` } },
    {},
  ]);
});
