import type { CallRecord, Fault } from 'azure-pipelines-emulator';
import { beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { polled } from './polled.js';
import { agentsOnline, lineShown, startDaemon, whenEmulator } from './waiting.js';

/** Strikes every call of the daemon, and none of the agents', until the faults are cleared. */
const ALWAYS = { times: 1_000_000, caller: 'organisation' } as const;

describeOnIncus('while Azure is away', testbed => {
  let scenario: Scenario;
  beforeAll(async () => {
    scenario = await startScenario({ ...testbed(), settings: { agentCount: 2, reserve: 0 } });
    return () => scenario[Symbol.asyncDispose]();
  });

  test('agents and jobs are left alone, the status says why and since when, and all comes back', LONG, async () => {
    const { emulator, incus } = scenario;
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const long = emulator.queueJob({
      name: 'a long one',
      steps: [{ script: 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done' }],
    });
    const { agentName: busy } = await lineShown(emulator, long, 'begun');
    const before = await whenPool(scenario, daemon, pool => pool.agents.some(agent => agent.phase === 'busy'));

    const outages: readonly (readonly [Omit<Fault, 'caller' | 'times'>, RegExp])[] = [
      [{ kind: 'server-error' }, /the server failed \(500\)/],
      [{ kind: 'cut' }, /the connection was cut/],
      [{ kind: 'throttled', retryAfterS: 3 }, /too many calls \(429\)/],
      [{ kind: 'hang' }, /no whole answer within 30000 ms/],
      [{ kind: 'sign-in-page' }, /the token was refused \(203, sign-in page\); make a new token/],
    ];
    for (const [fault, why] of outages) {
      const begunAt = Date.now();
      emulator.failNext({ ...ALWAYS, ...fault });
      const pool = await whenPool(scenario, daemon, ({ azure }) => !azure.readable);
      expect(pool.azure.error).toMatch(why);
      expect(pool.azure.since).toBeGreaterThanOrEqual(begunAt - SKEW_MS);
      expect((await scenario.call('status')).stdout).toMatch(/^ {2}Azure cannot be read since \d+s ago: .+$/m);
      expect(pool.agents.map(({ name, phase }) => ({ name, phase }))).toEqual(
        before.agents.map(({ name, phase }) => ({ name, phase })),
      );
      emulator.clearFaults();
      await whenPool(scenario, daemon, ({ azure }) => azure.readable);
    }

    // The job ends while Azure is away: its place is filled again only when the new agent can be registered.
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
    await agentsOnline(emulator, 2);
    const kept = before.agents.find(agent => agent.name !== busy)?.name;
    expect(emulator.agents().map(agent => agent.name)).toContain(kept);
    expect(await daemon.end()).toBe(0);
  });

  test('it is called seldom: six times a minute when all is well, less when it asks for silence', async () => {
    const { emulator } = scenario;
    await scenario.configure({ agentCount: 2, azurePollInterval: '10s' });
    const daemon = startDaemon(scenario);
    await whenPool(scenario, daemon, pool => pool.agents.filter(agent => agent.phase === 'idle').length === 2);
    const readingsAfter = (at: number, count: number) =>
      polled(
        () => readings(emulator.calls()).filter(call => call.at > at),
        seen => seen.length >= count,
      );

    const first = await readingsAfter(emulator.calls().at(-1)?.at ?? 0, 1);
    const [from, , to] = await readingsAfter((first[0]?.at ?? 0) - 1, 3);
    expect(gapMs(from, to)).toBeGreaterThan(18_000);

    emulator.failNext({ ...ALWAYS, kind: 'throttled', retryAfterS: 25, times: 1 });
    const [throttled, next] = await readingsAfter(to?.at ?? 0, 2);
    expect(throttled?.status).toBe(429);
    expect(gapMs(throttled, next)).toBeGreaterThan(24_000);
    expect(await daemon.end()).toBe(0);
  });
});

/** Three of the outages last a while: a deadline of half a minute, a silence, and the pause after a refused token. */
const LONG = { timeout: 420_000 };

/** The clocks of a test and of the daemon are one; a reading may have begun just before the fault. */
const SKEW_MS = 2_000;

/** The lists that the daemon makes. */
function readings(calls: readonly CallRecord[]): readonly CallRecord[] {
  return calls.filter(
    call => call.caller === 'organisation' && call.method === 'GET' && call.route.endsWith('/agents'),
  );
}

function gapMs(before: CallRecord | undefined, after: CallRecord | undefined): number {
  return (after?.at ?? Number.NaN) - (before?.at ?? Number.NaN);
}
