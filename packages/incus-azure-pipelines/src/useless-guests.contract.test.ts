import { expect, it } from 'vitest';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';
import type { Guests } from '../test/pretend-incus.js';

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

it.each([
  ['are never prepared', guests.neverPrepared, 'host'],
  ['vanish before they are prepared', guests.vanishing, 'host'],
  ['end before their agent is online', guests.endingAtOnce, 'host'],
  ['give up their registration', guests.givingUp, 'guest'],
  ['never come online', guests.neverOnline, 'host'],
] as const)(
  'a pool of eight whose guests %s calls little from the second minute on',
  async (_, useless, registration) => {
    run().incus.aliases.set('debian', IMAGE);
    run().incus.guests = useless;
    const begunAt = run().clock.now();
    await run().begin({ agentCount: 8, registration, startupGracePeriod: '5m' });
    await run().time.pass(LONG_MS);
    const minutes = Array.from({ length: 30 }, (_x, n) =>
      run().mostPerMinute(begunAt + n * MINUTE_MS, begunAt + (n + 1) * MINUTE_MS),
    );
    console.log(
      _,
      JSON.stringify(minutes.map(({ incus, azure }) => `${incus}/${azure}`)),
      run().statusNow().pools[0]?.waiting,
      JSON.stringify(run().statusNow().pools[0]?.backingOff),
    );
    expect(run().statusNow().pools[0]?.waiting).toBe(3);
  },
);
