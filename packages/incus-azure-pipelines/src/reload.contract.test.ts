import { beforeEach, expect, it } from 'vitest';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';

const run = useLongRun();

beforeEach(() => void run().incus.aliases.set('debian', 'f'.repeat(64)));

const status = () => run().statusNow();
const pool = (name = 'default') => status().pools.find(shown => shown.name === name);
/** Calls for the agents of an agent pool, by its number, since then. */
const listsOf = (id: number, since: number) =>
  run()
    .emulator.calls()
    .filter(({ at, path }) => at >= since && path.endsWith(`/pools/${id}/agents`));

it('takes up another number of agents, and remembers all that it knew', async () => {
  await run().beginWhole();
  const names = pool()?.agents.map(({ name }) => name) ?? [];
  await run().daemon.wishes.drain({ kind: 'agent', agent: names[0] ?? '' });
  await run().reload(text => text.replace(/agentCount: 2\nstandby: 2/, 'agentCount: 3\nstandby: 3'));
  await run().time.until(() => pool()?.live === 3, MINUTE_MS);
  expect(pool()?.agentCount).toBe(3);
  expect(pool()?.agents.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  expect([...run().daemon.wishes.agents]).toEqual([names[0]]);
  expect(pool()).toMatchObject({ registration: 'guest', azure: { readable: true } });
});

it('reads an agent pool on that no pool is for any more until nothing of it is left, and not after that', async () => {
  await run().beginWhole();
  await run().reload(text => text.replace('pool: default', 'pool: other'));
  await run().time.until(() => pool('other')?.live === 2, 5 * MINUTE_MS);
  // Its guests never register, so that they are given up as agents that were not online in time.
  expect(status().removed).toMatchObject([{ name: 'default', unread: false }]);
  expect(listsOf(1, run().clock.now() - MINUTE_MS)).not.toEqual([]);
  for (const agent of status().removed[0]?.agents ?? []) run().incus.instances.delete(agent.name);
  await run().time.until(() => status().removed.length === 0, 10 * MINUTE_MS);
  const since = run().clock.now() + 1;
  await run().time.pass(2 * MINUTE_MS);
  expect(listsOf(1, since)).toEqual([]);
  expect(listsOf(2, since)).not.toEqual([]);
});

it.each([
  ['a token that Azure does not know', /pat: \S+,/, 'pat: nobody,', /was refused \(401\)/],
  ['an agent pool that is not there', 'pool: default', 'pool: nowhere', /no agent pool "nowhere"/],
  ['what takes a restart', 'agentCount', 'projectName: other\nagentCount', /^projectName changed, which takes a rest/],
])('goes on as before when it is given %s', async (_, from, to, why) => {
  await run().beginWhole();
  const spec = run().daemon.spec;
  await expect(run().reload(text => text.replace(from, to).replace('agentCount: 2', 'agentCount: 5'))).rejects.toThrow(
    why,
  );
  expect(run().daemon.spec).toBe(spec);
  const since = run().clock.now();
  await run().time.pass(MINUTE_MS);
  expect(pool()).toMatchObject({ live: 2, agentCount: 2, azure: { readable: true } });
  expect(listsOf(1, since)).not.toEqual([]);
});

it('begins to read the queue when a pool is to scale', async () => {
  await run().beginWhole();
  expect(pool()?.queue).toBeUndefined();
  await run().reload(text => text.replace('standby: 2', 'standby: 1'));
  await run().time.until(() => pool()?.queue?.queued !== undefined, MINUTE_MS);
  expect(pool()?.queue).toMatchObject({ standby: 1, queued: 0 });
});
