import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, type Fault, startEmulator } from '../../azure-pipelines-emulator/src/index.js';
import { useConfigFolder } from '../test/config-folder.js';
import { KEY } from '../test/emulated-pool.js';
import { type Failing, PretendIncus } from '../test/pretend-incus.js';
import { FakeClock } from '../test/simulation/fake-clock.js';
import { TimeLapse } from '../test/time-lapse.js';
import { loadConfig } from './config/load.js';
import { type Daemon, makeDaemon } from './daemon.js';
import { CONTRACT, MARKS } from './model/marks.js';
import { statusOf } from './report/status.js';

const folder = useConfigFolder();
const MINUTE_MS = 60_000;
const MOST_PER_MINUTE = 20;
const BROKEN_MS = 12 * MINUTE_MS;
/** The longest pause of any back-off, and the one after a refused token. */
const STEP_MS = 360_000;
const REFUSED_MS = 61_000;
/** One pass, and the list in it. */
const SLACK_MS = 1_000;
const IMAGE = 'f'.repeat(64);

let clock: FakeClock;
let time: TimeLapse;
let emulator: Emulator;
let incus: PretendIncus;
let daemon: Daemon;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  clock = new FakeClock(Date.UTC(2030, 0, 1));
  time = new TimeLapse(clock);
  emulator = await startEmulator({ clock });
  incus = await PretendIncus.start(() => clock.now());
  stop = new AbortController();
});

afterEach(async () => {
  stop.abort();
  await time.atRest();
  await clock.advance(MINUTE_MS);
  await running;
  await daemon[Symbol.asyncDispose]();
  await rm(folder.path('state'), { recursive: true });
  await incus[Symbol.asyncDispose]();
  await emulator.close();
  time[Symbol.dispose]();
});

/** What is set up before the daemon starts; a base that is ready unless there is to be none. */
interface Beginning {
  readonly agentCount?: number;
  readonly registration?: 'guest' | 'host';
  readonly hasBase?: boolean;
}

async function begin({ agentCount = 2, registration = 'guest', hasBase = true }: Beginning = {}): Promise<void> {
  const path = await folder.write(
    'config.yaml',
    `agentCount: ${agentCount}
maxConcurrentCreates: 2
baseImage: local:debian
baseMade: true
registration: ${registration}
# No guest comes online.
startupGracePeriod: 24h
incus: {socket: ${incus.socketPath}}
stateDirectory: ${folder.path('state')}
azure: {pat: ${emulator.token}, url: "${emulator.url}", pool: default}
`,
  );
  daemon = await makeDaemon(await loadConfig(path), stop.signal, { clock, makeKey: async () => KEY, random: () => 0 });
  if (hasBase) await makeBase();
  // Files of the host are read before the first pass: that takes its own time, of which the clock knows nothing.
  const looked = new Promise<unknown>(resolve => void daemon.events.on('pass-ended', resolve));
  running = daemon.run(stop.signal);
  await time.pass(1_000);
  await looked;
}

async function makeBase(): Promise<void> {
  await daemon.wantedBases.resolve(stop.signal);
  const [wanted] = daemon.wantedBases.readings.values();
  if (!wanted?.known) throw new Error('no base is wanted');
  const marks = { [MARKS.owner]: daemon.installation.ownerId, [MARKS.pool]: 'default', [MARKS.contract]: CONTRACT };
  incus.put(wanted.value, { ...marks, [MARKS.baseState]: 'ready', [MARKS.baseProven]: 'default' }, 'Stopped');
}

function statusNow() {
  const { last } = daemon.reconciler;
  if (last === undefined) throw new Error('the daemon has not looked yet');
  return statusOf(daemon.spec.pools, last, ({ name }) => daemon.azure.get(name)?.reading);
}

/** Most calls within any minute that began at `from` or later. */
function mostPerMinute(calls: readonly { readonly at: number }[], from: number): number {
  const times = calls.map(({ at }) => at).filter(at => at >= from);
  return Math.max(0, ...times.map(begun => times.filter(at => at >= begun && at < begun + MINUTE_MS).length));
}

function toAzure() {
  return emulator.calls().filter(({ caller }) => caller === 'organisation');
}

function expectFew(from: number): void {
  expect(mostPerMinute(incus.calls, from)).toBeLessThanOrEqual(MOST_PER_MINUTE);
  expect(mostPerMinute(toAzure(), from)).toBeLessThanOrEqual(MOST_PER_MINUTE);
}

/** Begins with everything well, and waits until the pool is whole. */
async function beginWhole(beginning: Beginning = {}): Promise<void> {
  await begin(beginning);
  await time.until(() => isWhole(beginning.agentCount ?? 2), MINUTE_MS);
  await time.pass(MINUTE_MS);
}

function isWhole(agentCount: number): boolean {
  const [pool] = statusNow().pools;
  return pool?.live === agentCount && pool.prepared === 1;
}

function lose(isLost: (config: Readonly<Record<string, string>>) => boolean): void {
  for (const [name, { config, status }] of incus.instances)
    if (status !== 'Stopped' && isLost(config)) {
      incus.instances.delete(name);
      return;
    }
}

const loseReserve = () => lose(config => config[MARKS.activated] === undefined);
const loseAgent = () => lose(config => config[MARKS.activated] !== undefined);

describe('neither side hears more than 20 calls a minute, the status says why, and all goes on within a back-off step,', () => {
  const azure = (fault: Omit<Fault, 'times' | 'caller'>) => () =>
    emulator.failNext({ ...fault, caller: 'organisation', times: 1_000_000 });

  it.each([
    ['that refuses the token (401)', azure({ kind: 'unauthorized' }), /refused \(401/, REFUSED_MS],
    ['that asks for a sign-in (203)', azure({ kind: 'sign-in-page' }), /refused \(203/, REFUSED_MS],
    ['that asks for silence (429)', azure({ kind: 'throttled', retryAfterS: 30 }), /too many calls/, STEP_MS],
    ['that fails (500)', azure({ kind: 'server-error' }), /the server failed \(500\)/, STEP_MS],
    ['that answers garbage', azure({ kind: 'garbage' }), /not the JSON it claims to be/, STEP_MS],
    ['that sends elsewhere (302)', azure({ kind: 'redirect' }), /refused \(302/, REFUSED_MS],
    ['that cuts every connection', azure({ kind: 'cut' }), /the connection was cut/, STEP_MS],
  ])('with an Azure %s', async (_, breaks, why, stepMs) => {
    incus.aliases.set('debian', IMAGE);
    await beginWhole();
    breaks();
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS);
    expect(statusNow().pools[0]?.azure.error).toMatch(why);
    emulator.clearFaults();
    await time.until(() => statusNow().pools.every(({ azure }) => azure.readable), stepMs);
  });

  const refuses = (call: string, failing: Failing) => () => {
    incus.failing = asked => (asked === call ? failing : undefined);
  };

  it.each([
    [
      'that fails (500)',
      () => {
        incus.failing = () => ({ status: 500, error: 'out of order' });
      },
    ],
    [
      'that gives garbage',
      () => {
        incus.failing = () => ({ status: 502, error: '<html>' });
      },
    ],
  ])('with an Incus %s', async (_, breaks) => {
    incus.aliases.set('debian', IMAGE);
    await beginWhole();
    breaks();
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS);
    expect(statusNow().incus).toMatchObject({ readable: false, error: expect.stringMatching(/list instances/) });
    incus.failing = () => undefined;
    await time.until(() => isWhole(2), STEP_MS);
  });

  it('with an image that is not there', async () => {
    await begin({ hasBase: false });
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS);
    expect(statusNow().pools[0]?.waiting).toMatch(/the base cannot be named yet: .* has no image of that alias/);
    incus.aliases.set('debian', IMAGE);
    await time.until(() => statusNow().pools[0]?.base !== undefined, STEP_MS);
  });

  it('with a base that always fails', async () => {
    await begin({ hasBase: false });
    await time.pass(MINUTE_MS);
    refuses('POST /1.0/instances', { error: 'the image is broken' })();
    incus.aliases.set('debian', IMAGE);
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS);
    const [pool] = statusNow().pools;
    expect(pool?.waiting).toMatch(/the base could not be built: .* the image is broken/);
    expect(pool?.backingOff).toMatchObject([{ action: 'build-base', failures: expect.any(Number) }]);
    incus.failing = () => undefined;
    const made = () => incus.calls.filter(({ call }) => call === 'POST /1.0/instances');
    const attempts = made().length;
    const retryInMs = (pool?.backingOff[0]?.retryAt ?? Number.NaN) - clock.now();
    await time.until(() => made().length > attempts, retryInMs + SLACK_MS);
  });

  it('with a storage pool that is full', async () => {
    incus.aliases.set('debian', IMAGE);
    await beginWhole();
    refuses('POST /1.0/instances', { error: 'Failed to run: btrfs: No space left on device' })();
    loseReserve();
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS);
    const [pool] = statusNow().pools;
    expect(pool?.waiting).toMatch(/the storage pool is full/);
    incus.failing = () => undefined;
    const retryInMs = (pool?.backingOff[0]?.retryAt ?? Number.NaN) - clock.now();
    await time.until(() => isWhole(2), retryInMs + SLACK_MS);
  });

  it('with an Azure that registers no agent', async () => {
    incus.aliases.set('debian', IMAGE);
    await beginWhole({ registration: 'host' });
    azure({ kind: 'server-error', method: 'POST', path: /\/agents$/ })();
    loseAgent();
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS);
    const [pool] = statusNow().pools;
    expect(pool?.backingOff).toMatchObject([{ action: 'activate-agent', error: expect.stringMatching(/500/) }]);
    emulator.clearFaults();
    const retryInMs = (pool?.backingOff[0]?.retryAt ?? Number.NaN) - clock.now();
    await time.until(() => isWhole(2), retryInMs + SLACK_MS);
  });
});

it.each([
  ['instances cannot be made', (call: string) => call === 'POST /1.0/instances', 'guest'],
  ['no agent can be told who it is', (call: string) => call.endsWith('/files'), 'host'],
] as const)(
  'in a pool of eight of which %s, one alone is tried again, so that from the second minute on little is called',
  async (_, fails, registration) => {
    incus.aliases.set('debian', IMAGE);
    incus.failing = call => (fails(call) ? { status: 500, error: 'out of order' } : undefined);
    await begin({ agentCount: 8, registration });
    await time.pass(BROKEN_MS);
    expectFew(clock.now() - BROKEN_MS + MINUTE_MS);
    incus.failing = () => undefined;
    await time.until(() => statusNow().pools[0]?.backingOff.length === 0, STEP_MS);
    await time.until(() => isWhole(8), MINUTE_MS);
  },
);
