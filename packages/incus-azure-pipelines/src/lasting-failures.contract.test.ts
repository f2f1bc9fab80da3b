import { describe, expect, it } from 'vitest';
import type { Fault } from '../../azure-pipelines-emulator/src/index.js';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';
import type { Failing } from '../test/pretend-incus.js';
import { MARKS } from './model/marks.js';

const BROKEN_MS = 12 * MINUTE_MS;
/** The longest pause of any back-off, and the one after a refused token. */
const STEP_MS = 360_000;
const REFUSED_MS = 61_000;
/** One pass, and the list in it. */
const SLACK_MS = 1_000;
const IMAGE = 'f'.repeat(64);

const run = useLongRun();

function lose(isLost: (config: Readonly<Record<string, string>>) => boolean): void {
  const { instances } = run().incus;
  for (const [name, { config, status }] of instances)
    if (status !== 'Stopped' && isLost(config)) {
      instances.delete(name);
      return;
    }
}

const loseReserve = () => lose(config => config[MARKS.activated] === undefined);
const loseAgent = () => lose(config => config[MARKS.activated] !== undefined);

describe('neither side hears more than 20 calls a minute, the status says why, and all goes on within a back-off step,', () => {
  const azure = (fault: Omit<Fault, 'times' | 'caller'>) => () =>
    run().emulator.failNext({ ...fault, caller: 'organisation', times: 1_000_000 });

  it.each([
    ['that refuses the token (401)', azure({ kind: 'unauthorized' }), /refused \(401/, REFUSED_MS],
    ['that asks for a sign-in (203)', azure({ kind: 'sign-in-page' }), /refused \(203/, REFUSED_MS],
    ['that asks for silence (429)', azure({ kind: 'throttled', retryAfterS: 30 }), /too many calls/, STEP_MS],
    ['that fails (500)', azure({ kind: 'server-error' }), /the server failed \(500\)/, STEP_MS],
    ['that answers garbage', azure({ kind: 'garbage' }), /not the JSON it claims to be/, STEP_MS],
    ['that sends elsewhere (302)', azure({ kind: 'redirect' }), /refused \(302/, REFUSED_MS],
    ['that cuts every connection', azure({ kind: 'cut' }), /the connection was cut/, STEP_MS],
  ])('with an Azure %s', async (_, breaks, why, stepMs) => {
    run().incus.aliases.set('debian', IMAGE);
    await run().beginWhole();
    breaks();
    await run().time.pass(BROKEN_MS);
    run().expectFew(run().clock.now() - BROKEN_MS);
    expect(run().statusNow().pools[0]?.azure.error).toMatch(why);
    run().emulator.clearFaults();
    await run().time.until(
      () =>
        run()
          .statusNow()
          .pools.every(({ azure }) => azure.readable),
      stepMs,
    );
  });

  const refuses = (call: string, failing: Failing) => () => {
    run().incus.failing = asked => (asked === call ? failing : undefined);
  };

  it.each([
    [
      'that fails (500)',
      () => {
        run().incus.failing = () => ({ status: 500, error: 'out of order' });
      },
    ],
    [
      'that gives garbage',
      () => {
        run().incus.failing = () => ({ status: 502, error: '<html>' });
      },
    ],
  ])('with an Incus %s', async (_, breaks) => {
    run().incus.aliases.set('debian', IMAGE);
    await run().beginWhole();
    breaks();
    await run().time.pass(BROKEN_MS);
    run().expectFew(run().clock.now() - BROKEN_MS);
    expect(run().statusNow().incus).toMatchObject({ readable: false, error: expect.stringMatching(/list instances/) });
    run().incus.failing = () => undefined;
    await run().time.until(() => run().isWhole(2), STEP_MS);
  });

  it('with an image that is not there', async () => {
    await run().begin({ hasBase: false });
    await run().time.pass(BROKEN_MS);
    run().expectFew(run().clock.now() - BROKEN_MS);
    expect(run().statusNow().pools[0]?.waiting).toMatch(/the base cannot be named yet: .* has no image of that alias/);
    run().incus.aliases.set('debian', IMAGE);
    await run().time.until(() => run().statusNow().pools[0]?.base !== undefined, STEP_MS);
  });

  it('with a base that always fails', async () => {
    await run().begin({ hasBase: false });
    await run().time.pass(MINUTE_MS);
    refuses('POST /1.0/instances', { error: 'the image is broken' })();
    run().incus.aliases.set('debian', IMAGE);
    await run().time.pass(BROKEN_MS);
    run().expectFew(run().clock.now() - BROKEN_MS);
    const [pool] = run().statusNow().pools;
    expect(pool?.waiting).toMatch(/the base could not be built: .* the image is broken/);
    expect(pool?.backingOff).toMatchObject([{ action: 'build-base', failures: expect.any(Number) }]);
    run().incus.failing = () => undefined;
    const made = () => run().incus.calls.filter(({ call }) => call === 'POST /1.0/instances');
    const attempts = made().length;
    const retryInMs = (pool?.backingOff[0]?.retryAt ?? Number.NaN) - run().clock.now();
    await run().time.until(() => made().length > attempts, retryInMs + SLACK_MS);
  });

  it('with a storage pool that is full', async () => {
    run().incus.aliases.set('debian', IMAGE);
    await run().beginWhole();
    refuses('POST /1.0/instances', { error: 'Failed to run: btrfs: No space left on device' })();
    loseReserve();
    await run().time.pass(BROKEN_MS);
    run().expectFew(run().clock.now() - BROKEN_MS);
    const [pool] = run().statusNow().pools;
    expect(pool?.waiting).toMatch(/the storage pool is full/);
    run().incus.failing = () => undefined;
    const retryInMs = (run().backOff('create-instance')?.retryAt ?? Number.NaN) - run().clock.now();
    await run().time.until(() => run().isWhole(2), retryInMs + SLACK_MS);
  });

  it('with an Azure that registers no agent', async () => {
    run().incus.aliases.set('debian', IMAGE);
    await run().beginWhole({ registration: 'host' });
    azure({ kind: 'server-error', method: 'POST', path: /\/agents$/ })();
    loseAgent();
    await run().time.pass(BROKEN_MS);
    run().expectFew(run().clock.now() - BROKEN_MS);
    const backOff = run().backOff('activate-agent');
    expect(backOff?.error).toMatch(/500/);
    run().emulator.clearFaults();
    const retryInMs = (backOff?.retryAt ?? Number.NaN) - run().clock.now();
    await run().time.until(() => run().isWhole(2), retryInMs + SLACK_MS);
  });
});

it.each([
  ['instances cannot be made', (call: string) => call === 'POST /1.0/instances', 'guest', 30],
  ['no agent can be told who it is', (call: string) => call.endsWith('/files'), 'host', 90],
] as const)(
  'in a pool of eight of which %s, one alone is tried again, so that from the second minute on little is called',
  async (_, fails, registration, most) => {
    run().incus.aliases.set('debian', IMAGE);
    run().incus.failing = call => (fails(call) ? { status: 500, error: 'out of order' } : undefined);
    const begunAt = run().clock.now();
    await run().begin({ agentCount: 8, registration });
    await run().time.pass(BROKEN_MS);
    const first = run().mostPerMinute(begunAt, begunAt);
    expect(Math.max(first.incus, first.azure)).toBeLessThanOrEqual(most);
    run().expectFew(run().clock.now() - BROKEN_MS + MINUTE_MS);
    run().incus.failing = () => undefined;
    await run().time.until(() => run().statusNow().pools[0]?.backingOff.length === 0, STEP_MS);
    await run().time.until(() => run().isWhole(8), MINUTE_MS);
  },
);
