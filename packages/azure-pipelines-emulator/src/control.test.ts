import { describe, expect, it } from 'vitest';
import { type Answer, Organisation } from '../test/scripted-agent.js';
import { manualClock } from './clock.js';

async function ask(organisation: Organisation, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await organisation.emulation.app.request(`http://emulator.test/_emulator${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('the side door', () => {
  it('queues, cancels and shows jobs', async () => {
    using organisation = new Organisation();
    await organisation.agent();
    const queued = await ask(organisation, 'POST', '/jobs', { name: 'n', steps: [{ name: 's', script: 'true' }] });
    expect(queued.body).toMatchObject({ requestId: 1 });
    await ask(organisation, 'DELETE', '/jobs/1');
    expect((await ask(organisation, 'GET', '/jobs')).body).toMatchObject([{ name: 'n', result: 'canceled' }]);
    expect((await ask(organisation, 'GET', '/state')).body).toMatchObject({ agents: [{ name: 'a1' }] });
  });

  it('adds and clears faults', async () => {
    using organisation = new Organisation();
    const fault = { kind: 'not-found', path: 'pools$', times: 2 };
    expect((await ask(organisation, 'POST', '/faults', fault)).status).toBe(200);
    expect((await organisation.admin('GET', '/_apis/distributedtask/pools')).status).toBe(404);
    await ask(organisation, 'DELETE', '/faults');
    expect((await organisation.admin('GET', '/_apis/distributedtask/pools')).status).toBe(200);
  });

  it('moves a clock that can be moved', async () => {
    using organisation = new Organisation({ clock: manualClock(1000) });
    expect((await ask(organisation, 'POST', '/clock/advance', { ms: 500 })).body).toEqual({ now: 1500 });
    using other = new Organisation();
    expect((await ask(other, 'POST', '/clock/advance', { ms: 500 })).status).toBe(400);
  });

  it.each([
    ['POST', '/jobs', {}, 400],
    ['POST', '/jobs', { steps: [{ name: 'no script' }] }, 400],
    ['POST', '/jobs', { pool: 'nowhere', steps: [{ script: 'true' }] }, 400],
    ['DELETE', '/jobs/7', undefined, 400],
    ['POST', '/faults', { kind: 'flood' }, 400],
    ['GET', '/nothing', undefined, 404],
  ])('refuses %s %s %j with %i and says why', async (method, path, body, status) => {
    using organisation = new Organisation();
    const refused = await ask(organisation, method, path, body);
    expect(refused.status).toBe(status);
    expect(refused.body.error).toMatch(/\w/);
  });
});
