import type { CallRecord, EmulatorOptions, Fault } from 'azure-pipelines-emulator';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, readPool, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { polled } from './polled.js';
import { agentsOnline, lineShown, startDaemon, whenEmulator } from './waiting.js';

/** Strikes every call of the daemon, and none of the agents', until the faults are cleared. */
const ALWAYS = { times: 1_000_000, caller: 'organisation' } as const;
const POLL_MS = 3_000;
/** The clocks of a test and of the daemon are one; a reading may have begun just before the fault. */
const SKEW_MS = 2_000;
const LONG = { timeout: 420_000 };

/** An agent pool of the emulator, which numbers them in their order, and the pool that serves it. */
interface Served {
  readonly pool: string;
  readonly path: RegExp;
  readonly agentCount: number;
}
const OFTEN: Served = { pool: 'default', path: /\/pools\/1\//, agentCount: 2 };
const REFUSED: Served = { pool: 'refused', path: /\/pools\/2\//, agentCount: 1 };

describeOnIncus('while Azure is away', testbed => {
  async function start(settings: object, emulator: EmulatorOptions = {}): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed(), settings: { ...settings }, emulator });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  test('agents and jobs are left alone, the status says why and since when, and all comes back', LONG, async () => {
    const served = [OFTEN, REFUSED];
    const scenario = await start({ reserve: 0 }, { pools: served.map(({ pool }) => pool) });
    const { emulator, incus } = scenario;
    const { token: pat, url } = emulator;
    const pools = served.map(({ pool, agentCount }) => ({ name: pool, agentCount, azure: { pat, url, pool } }));
    await scenario.configure({ agentCount: undefined, azure: undefined, pools });
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 3);
    const long = emulator.queueJob({ name: 'a long one', steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, long, 'begun');

    /** Has one pool's server fail, and gives back how to see all well again. */
    async function outage({ pool, path }: Served, fault: Outage, why: RegExp): Promise<() => Promise<unknown>> {
      const begunAt = Date.now();
      const before = await whenPool(scenario, daemon, ({ azure }) => azure.readable, pool);
      emulator.failNext({ ...ALWAYS, path, ...fault });
      const away = await whenPool(scenario, daemon, ({ azure }) => !azure.readable, pool);
      expect(away.azure.error).toMatch(why);
      expect(away.azure.since).toBeGreaterThanOrEqual(begunAt - SKEW_MS);
      expect((await scenario.call('status')).stdout).toMatch(/^ {2}Azure cannot be read since \d+s ago: .+$/m);
      expect(namesAndPhases(away)).toEqual(namesAndPhases(before));
      emulator.clearFaults();
      return async () => {
        const after = await whenPool(scenario, daemon, ({ azure }) => azure.readable, pool);
        expect(namesAndPhases(after)).toEqual(namesAndPhases(before));
      };
    }

    await whenPool(scenario, daemon, pool => namesAndPhases(pool).join().includes('busy'));
    await whenPool(scenario, daemon, pool => namesAndPhases(pool).join().includes('idle'), REFUSED.pool);
    // A refused token is tried again after a minute, in which the other pool has its outages.
    const refusedIsBack = await outage(
      REFUSED,
      { kind: 'sign-in-page' },
      /the token was refused \(203, sign-in page\); make a new token/,
    );
    for (const [fault, why] of [
      [{ kind: 'server-error' }, /the server failed \(500\)/],
      [{ kind: 'cut' }, /the connection was cut/],
      [{ kind: 'throttled', retryAfterS: 3 }, /too many calls \(429\)/],
      [{ kind: 'hang' }, /no whole answer within 30000 ms/],
    ] as const)
      await (await outage(OFTEN, fault, why))();
    await refusedIsBack();

    // The job ends while Azure is away: its place is filled again only when the new agent can be registered.
    const kept = (await readPool(scenario)).agents.find(agent => agent.name !== busy)?.name;
    emulator.failNext({ ...ALWAYS, kind: 'server-error' });
    await whenPool(scenario, daemon, ({ azure }) => !azure.readable);
    await incus.files.push(busy, '/tmp/go', '');
    expect((await long.finished).result).toBe('succeeded');
    const waiting = await whenPool(
      scenario,
      daemon,
      ({ prepared, agents }) => prepared === 1 && !agents.some(a => a.name === busy && a.phase === 'busy'),
    );
    expect(waiting.agents.filter(agent => agent.phase === 'idle')).toHaveLength(1);
    emulator.clearFaults();
    await whenEmulator(emulator, () => emulator.agents().every(agent => agent.name !== busy));
    await agentsOnline(emulator, 3);
    expect(emulator.agents().map(agent => agent.name)).toContain(kept);
    expect(await daemon.end()).toBe(0);
  });

  test('it is called no more often than it was told, and not at all while it asks for silence', async () => {
    const scenario = await start({ agentCount: 1, reserve: 0, azurePollInterval: `${POLL_MS / 1_000}s` });
    const { emulator } = scenario;
    const daemon = startDaemon(scenario);
    await whenPool(scenario, daemon, pool => pool.agents.filter(agent => agent.phase === 'idle').length === 1);
    const readingsAfter = (at: number, count: number) =>
      polled(
        () => readings(emulator.calls()).filter(call => call.at > at),
        seen => seen.length >= count,
      );

    const first = await readingsAfter(emulator.calls().at(-1)?.at ?? 0, 1);
    const [from, , , to] = await readingsAfter((first[0]?.at ?? 0) - 1, 4);
    expect(gapMs(from, to)).toBeGreaterThan(0.9 * 3 * POLL_MS);

    emulator.failNext({ ...ALWAYS, kind: 'throttled', retryAfterS: 10, times: 1 });
    const [throttled, next] = await readingsAfter(to?.at ?? 0, 2);
    expect(throttled?.status).toBe(429);
    expect(gapMs(throttled, next)).toBeGreaterThan(9_600);
    expect(await daemon.end()).toBe(0);
  });
});

type Outage = Pick<Fault, 'kind' | 'retryAfterS'>;

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

function namesAndPhases({ agents }: PoolStatus): readonly string[] {
  return agents.map(({ name, phase }) => `${name} ${phase}`);
}

/** The lists that the daemon makes. */
function readings(calls: readonly CallRecord[]): readonly CallRecord[] {
  return calls.filter(
    call => call.caller === 'organisation' && call.method === 'GET' && call.route.endsWith('/agents'),
  );
}

function gapMs(before: CallRecord | undefined, after: CallRecord | undefined): number {
  return (after?.at ?? Number.NaN) - (before?.at ?? Number.NaN);
}
