import { describe, expect, it } from 'vitest';
import { Organisation, POOL } from '../test/scripted-agent.js';
import { manualClock } from './clock.js';

const PATH = '/_apis/distributedtask/pools';

describe('a fault', () => {
  it.each([
    ['unauthorized', 401],
    ['sign-in-page', 203],
    ['redirect', 302],
    ['throttled', 429],
    ['server-error', 500],
    ['not-found', 404],
  ] as const)('"%s" answers %i once', async (kind, status) => {
    using organisation = new Organisation();
    organisation.driver.failNext({ kind });
    expect((await organisation.admin('GET', PATH)).status).toBe(status);
    expect((await organisation.admin('GET', PATH)).status).toBe(200);
    expect(organisation.driver.calls().map(call => call.status)).toEqual([status, 200]);
  });

  it('"garbage" answers 200 with what cannot be parsed', async () => {
    using organisation = new Organisation();
    organisation.driver.failNext({ kind: 'garbage' });
    await expect(organisation.admin('GET', PATH)).rejects.toThrow(SyntaxError);
    expect(organisation.driver.calls().map(call => call.status)).toEqual([200]);
  });

  it('strikes only the calls that it names, as often as it says', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    organisation.driver.failNext({ kind: 'server-error', status: 503, method: 'get', path: /pools$/, times: 2 });
    organisation.driver.failNext({ kind: 'unauthorized', caller: 'agent' });
    expect((await organisation.admin('GET', `${POOL}/agents`)).status).toBe(200);
    const statuses = [1, 2, 3].map(async () => (await organisation.admin('GET', PATH)).status);
    expect(await Promise.all(statuses)).toEqual([503, 503, 200]);
    expect((await agent.send('GET', '/_apis/connectionData')).status).toBe(401);
  });

  it('"throttled" says when to come back, "rate-limited" lets the answer pass', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    organisation.driver.failNext({ kind: 'throttled', retryAfterS: 30 });
    organisation.driver.failNext({ kind: 'rate-limited', retryAfterS: 7 });
    expect((await organisation.admin('GET', PATH)).headers.get('Retry-After')).toBe('30');
    const { status, headers } = await organisation.admin('GET', PATH);
    expect(status).toBe(200);
    expect(headers.get('X-RateLimit-Reset')).toBe(String(clock.now() / 1000 + 7));
  });

  it('may take effect and lose only its answer', async () => {
    using organisation = new Organisation();
    await organisation.agent();
    organisation.driver.failNext({ kind: 'server-error', method: 'DELETE', applied: true });
    expect((await organisation.admin('DELETE', `${POOL}/agents/1`)).status).toBe(500);
    expect(organisation.driver.agents()).toEqual([]);
  });

  it('"latency" answers after its time', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    organisation.driver.failNext({ kind: 'latency', delayMs: 3000 });
    const call = organisation.admin('GET', PATH);
    await clock.advance(2999);
    expect(organisation.driver.calls()).toEqual([]);
    await clock.advance(1);
    expect((await call).status).toBe(200);
  });

  it('"hang" ends with the emulator and counts as no answer', async () => {
    const organisation = new Organisation();
    organisation.driver.failNext({ kind: 'hang' });
    const call = organisation.admin('GET', PATH);
    organisation[Symbol.dispose]();
    await call;
    expect(organisation.driver.calls()).toMatchObject([{ status: 0, route: PATH, caller: 'organisation' }]);
  });

  it('that was taken back does not strike', async () => {
    using organisation = new Organisation();
    organisation.driver.failNext({ kind: 'not-found' });
    organisation.driver.clearFaults();
    expect((await organisation.admin('GET', PATH)).status).toBe(200);
  });
});
