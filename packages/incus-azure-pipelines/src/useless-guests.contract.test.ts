import { describe, expect, it } from 'vitest';
import { MINUTE_MS, MOST_PER_MINUTE, useLongRun } from '../test/long-run.js';
import { type Guests, READY } from '../test/pretend-incus.js';

const IMAGE = 'f'.repeat(64);
const LONG_MS = 30 * MINUTE_MS;

const run = useLongRun();

const guests = {
  neverPrepared: { boots: 'Running', next: shown => shown },
  vanishing: { boots: 'Running', next: () => undefined },
  endingAtOnce: { boots: 'Ready', next: (shown, isActivated) => (isActivated ? undefined : shown) },
  givingUp: {
    boots: 'Ready',
    next: (shown, isActivated) => (isActivated ? (shown === 'Running' ? 'Ready' : undefined) : shown),
  },
  neverOnline: { boots: 'Ready', next: shown => shown },
} as const satisfies Record<string, Guests>;

/** Lets a pool of eight live with such guests, and gives back the most calls of its first minute, or of `burstMs`. */
async function liveWith(useless: Guests, registration: 'guest' | 'host', burstMs: number) {
  run().incus.aliases.set('debian', IMAGE);
  run().incus.guests = useless;
  const begunAt = run().clock.now();
  await run().begin({ agentCount: 8, registration, startupGracePeriod: '5m' });
  await run().time.pass(LONG_MS);
  const most = run().mostPerMinute(begunAt, begunAt + burstMs);
  return { begunAt, first: Math.max(most.incus, most.azure) };
}

describe('a pool of eight whose guests', () => {
  it.each([
    ['vanish before they are prepared', guests.vanishing, 'host', 60, 'prepare-instance', /went away by itself/],
    ['end before their agent is online', guests.endingAtOnce, 'host', 250, 'register-agent', /ended before it was onl/],
    ['give up their registration', guests.givingUp, 'guest', 250, 'register-agent', /ended before it was online/],
  ] as const)(
    '%s calls neither side more than 20 times a minute from the second minute on',
    async (_, useless, registration, most, action, why) => {
      const { begunAt, first } = await liveWith(useless, registration, 0);
      expect(first).toBeLessThanOrEqual(most);
      run().expectFew(begunAt + MINUTE_MS);
      expect(run().backOff(action)?.error).toMatch(why);
      expect(run().statusNow().pools[0]?.waiting).toMatch(why);
    },
  );

  it.each([
    ['are never prepared', guests.neverPrepared, 'prepare-instance', /was not prepared in time/],
    ['never come online', guests.neverOnline, 'register-agent', /never came online/],
  ] as const)(
    '%s calls often once, when all are given up, and then for the one that is tried alone',
    async (_, useless, action, why) => {
      const { begunAt, first } = await liveWith(useless, 'host', 12 * MINUTE_MS);
      expect(first).toBeLessThanOrEqual(120);
      const { incus, azure } = run().mostPerMinute(begunAt + 15 * MINUTE_MS);
      expect(Math.max(incus, azure)).toBeLessThanOrEqual(30);
      const late = run().incus.calls.filter(({ at }) => at >= begunAt + 15 * MINUTE_MS);
      expect(late.length).toBeLessThanOrEqual(15 * MOST_PER_MINUTE);
      expect(run().backOff(action)?.error).toMatch(why);
    },
  );
});

it('a pool of eight whose guests all get the same user ids makes an agent of one, and calls Incus as seldom', async () => {
  run().incus.aliases.set('debian', IMAGE);
  run().incus.givesAllTheSameIds = true;
  const begunAt = run().clock.now();
  await run().begin({ agentCount: 8, registration: 'host' });
  await run().time.pass(LONG_MS);
  expect(run().mostPerMinute(begunAt, begunAt).incus).toBeLessThanOrEqual(100);
  run().expectFew(begunAt + MINUTE_MS);
  expect(run().backOff('prepare-instance')?.error).toMatch(/shares its user ids with/);
  expect(run().statusNow().pools[0]).toMatchObject({ live: 1, waiting: expect.stringMatching(/shares its user ids/) });
});

it('guests that are mended fill the pool within a back-off step', async () => {
  await liveWith(guests.vanishing, 'host', 0);
  run().incus.guests = READY;
  await run().time.until(() => run().isWhole(8), 360_000);
  expect(run().backOff('prepare-instance')).toBeUndefined();
});
