import { expect, test } from 'vitest';
import { EmulatedPool } from '../../test/emulated-pool.js';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { tracesOn } from '../../test/traces-on.js';
import { AzureObserver } from './azure-observer.js';

const POLL_MS = 10_000;

test('readings leave nothing behind on the signal that ends them', async () => {
  await using pool = await EmulatedPool.start();
  const clock = new FakeClock(0);
  const observer = new AzureObserver({
    client: pool.client,
    agentPool: 'default',
    pollIntervalMs: POLL_MS,
    clock,
    random: () => 0.5,
  });
  const stop = new AbortController();
  let rung = () => {};
  const nextRing = () =>
    new Promise<void>(resolve => {
      rung = resolve;
    });
  let ring = nextRing();
  const following = observer.follow(() => rung(), stop.signal);
  const traces: number[] = [];
  for (let reading = 0; reading < 5; reading++) {
    await ring;
    expect(observer.reading.known).toBe(true);
    await settled();
    traces.push(tracesOn(stop.signal));
    ring = nextRing();
    await clock.advance(POLL_MS);
  }
  await ring;
  stop.abort();
  await following;
  expect(new Set(traces)).toEqual(new Set([1]));
});
