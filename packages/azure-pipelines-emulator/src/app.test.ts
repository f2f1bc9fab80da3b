import { describe, expect, it } from 'vitest';
import { Organisation, POOL } from '../test/scripted-agent.js';

const BAD_TOKEN = 'Bearer nothing';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a caller', () => {
  it('without a credential is challenged for both kinds', async () => {
    using organisation = new Organisation();
    const { status, headers, body } = await organisation.send('GET', '/_apis/connectionData');
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toMatch(/^Bearer authorization_uri=\S+, Basic realm=/);
    expect(body).toMatchObject({ typeKey: 'UnauthorizedRequestException' });
  });

  it('with the token of the organisation may have any user name', async () => {
    using organisation = new Organisation();
    for (const user of ['', 'VstsAgent', 'me']) {
      expect((await organisation.send('GET', '/_apis/connectionData', basic(`${user}:secret`))).status).toBe(200);
    }
    expect((await organisation.send('GET', '/_apis/connectionData', basic(':Secret'))).status).toBe(401);
    expect((await organisation.send('GET', '/_apis/connectionData', basic('secret'))).status).toBe(401);
  });

  it('with a bad token sees the sign-in page unless it asked for a plain refusal', async () => {
    using organisation = new Organisation();
    const followed = { 'X-TFS-FedAuthRedirect': 'Follow' };
    const page = await organisation.send('GET', `${POOL}/agents`, BAD_TOKEN, undefined, followed);
    expect(page.status).toBe(203);
    expect(page.headers.get('Content-Type')).toContain('text/html');
    expect((await organisation.send('PATCH', `${POOL}/agents/1`, BAD_TOKEN, {}, followed)).status).toBe(401);
    expect((await organisation.send('GET', `${POOL}/agents`, BAD_TOKEN)).status).toBe(401);
  });

  it.each([
    ['GET', '/_apis/distributedtask/pools'],
    ['GET', `${POOL}/agents`],
    ['GET', `${POOL}/agents/1`],
    ['POST', `${POOL}/agents`],
    ['PATCH', `${POOL}/agents/1`],
    ['DELETE', `${POOL}/agents/1`],
    ['GET', `${POOL}/jobrequests`],
  ])('that is an agent may not %s %s', async (method, path) => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    const body = method === 'POST' || method === 'PATCH' ? {} : undefined;
    expect(await agent.send(method, path, body)).toMatchObject({
      status: 403,
      body: { typeKey: 'AccessDeniedException' },
    });
  });
});

describe('what is not imitated', () => {
  it('is answered 501 with its name', async () => {
    using organisation = new Organisation();
    const { status, body } = await organisation.admin('POST', '/_apis/distributedtask/pools', {});
    expect(status).toBe(501);
    expect(body.message).toBe('The emulator does not imitate POST /emulated/_apis/distributedtask/pools.');
  });

  it('is told from another collection', async () => {
    using organisation = new Organisation({ collection: 'other' });
    expect((await organisation.admin('GET', '/_apis/connectionData')).status).toBe(404);
  });
});

describe('an api-version', () => {
  it.each([
    ['GET', undefined, 200],
    ['PATCH', undefined, 400],
    ['GET', '7.1', 200],
    ['GET', '5.0-preview', 200],
    ['GET', '7.2', 400],
    ['GET', '7.2-preview.1', 200],
    ['GET', '8.0-preview', 400],
    ['GET', 'new', 400],
  ])('of a %s that is %s is answered %i', async (method, version, status) => {
    using organisation = new Organisation();
    const query = version === undefined ? '' : `?api-version=${version}`;
    const body = method === 'PATCH' ? {} : undefined;
    const headers = { Accept: 'application/json' };
    expect((await organisation.send(method, `${POOL}${query}`, basic(':secret'), body, headers)).status).toBe(status);
  });
});
