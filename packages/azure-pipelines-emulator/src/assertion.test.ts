import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KNOWN_MODULUS } from '../test/known-key.js';
import { Organisation, POOL, registration } from '../test/scripted-agent.js';
import { checkAssertion } from './assertion.js';
import { manualClock } from './clock.js';
import { readPublicKey } from './encryption.js';
import type { Agent } from './state.js';

const CLIENT_ID = '6f1d2c3b-4a59-4e68-9b70-8c9dadbecfd0';
const AUDIENCE = 'https://vssps.dev.azure.com/example/_apis/oauth2/token';
const KNOWN_JWT =
  'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI2ZjFkMmMzYi00YTU5LTRlNjgtOWI3MC04YzlkYWRiZWNmZDAiLCJqdGkiOiIwYjBjMGQwZS0wZjEwLTQxMTItOTMxNC0xNTE2MTcxODE5MjAiLCJpc3MiOiI2ZjFkMmMzYi00YTU5LTRlNjgtOWI3MC04YzlkYWRiZWNmZDAiLCJhdWQiOiJodHRwczovL3Zzc3BzLmRldi5henVyZS5jb20vZXhhbXBsZS9fYXBpcy9vYXV0aDIvdG9rZW4iLCJuYmYiOjE3NjczMjMwNDUsImV4cCI6MTc2NzMyMzM0NX0.STLDv-A6NxXl226ku3UNvX1vlgOc-dT3uWxB58NjEEZAGE1HY_FTqGMHZ8D6j-CWuhmf3_x10tuqOo7VxM8TNj9nqS3DQPikxTdi-nA-pSnYYlHc4xUf0rgou7UdT19AWhwy-71spVrFWXFiXWeSI1sAM2TjU8a5A74SfCL0S5wHwL059sNmfsG6q1CBMNzh0g_pbzpsgyamZPZxOl-Y9jdrRDfNbCaw52Bh1gXl1YF6sbbOH4FeXImhUMJUwkRdlSdNWk7x-LP6Hzq-gGK9LuEgvrttCvlauBjZK0T92kTu5yjeFz8aKYkB6cxQyOHErQ59zFkE1TlwF-6aJ2iyGA';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('the assertion of the known answer', () => {
  it('holds for five minutes, and before that within the skew of clocks', () => {
    const agents = [knownAgent()];
    expect(checkAssertion(KNOWN_JWT, AUDIENCE, agents, NOW).clientId).toBe(CLIENT_ID);
    expect(checkAssertion(KNOWN_JWT, AUDIENCE, agents, NOW - 300_000).clientId).toBe(CLIENT_ID);
    expect(() => checkAssertion(KNOWN_JWT, AUDIENCE, agents, NOW + 300_000)).toThrow(
      'The bearer token expired on 2026-01-02T03:09:05.000Z. Current server time is 2026-01-02T03:09:05.000Z.',
    );
    expect(() => checkAssertion(KNOWN_JWT, AUDIENCE, agents, NOW - 301_000)).toThrow('is not valid until');
  });

  it('is refused for another audience, an unknown client and a changed signature', () => {
    const agents = [knownAgent()];
    expect(() => checkAssertion(KNOWN_JWT, `${AUDIENCE}/`, agents, NOW)).toThrow('audience');
    expect(() => checkAssertion(KNOWN_JWT, AUDIENCE, [], NOW)).toThrow('no known client');
    expect(() => checkAssertion(KNOWN_JWT.replace('.STLD', '.STLE'), AUDIENCE, agents, NOW)).toThrow('signature');
  });
});

describe('the token endpoint', () => {
  it('gives a token for each assertion once', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    const assertion = agent.assertion();
    const first = await agent.exchange(assertion);
    expect(first.body).toMatchObject({ token_type: 'bearer', expires_in: 3000 });
    const second = await agent.exchange(assertion);
    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
    expect(second.body.errordescription).toBe('The assertion was used before.');
    expect(second.body.error_description).toBe(second.body.errordescription);
  });

  it.each([
    ['whose subject is not its issuer', { sub: randomUUID() }],
    ['without an id', { jti: undefined }],
    ['without an end', { exp: undefined }],
    ['for another audience', { aud: 'http://elsewhere/_apis/oauth2/token' }],
  ])('refuses an assertion %s', async (_why, claims) => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    expect((await agent.exchange(agent.assertion(claims))).status).toBe(400);
  });

  it('refuses the key of a registration that was replaced, and the tokens given for it', async () => {
    using organisation = new Organisation();
    const agent = await organisation.agent();
    const replaced = await organisation.admin('PUT', `${POOL}/agents/${agent.id}`, registration('a1'));
    expect(replaced.body.authorization.clientId).not.toBe(agent.authorization.clientId);
    expect((await agent.exchange()).status).toBe(400);
    expect((await agent.send('GET', '/_apis/connectionData')).status).toBe(401);
  });

  it('refuses everybody when told to', async () => {
    using organisation = new Organisation({ refuseAssertions: true });
    const agent = await organisation.agent();
    expect((await agent.exchange()).body).toMatchObject({ error: 'invalid_client' });
  });

  it('gives tokens that end after fifty minutes', async () => {
    const clock = manualClock();
    using organisation = new Organisation({ clock });
    const agent = await organisation.agent();
    await clock.advance(50 * 60_000 - 1);
    expect((await agent.send('GET', '/_apis/connectionData')).status).toBe(200);
    await clock.advance(1);
    expect((await agent.send('GET', '/_apis/connectionData')).status).toBe(401);
  });
});

function knownAgent(): Agent {
  return {
    id: 1,
    poolId: 1,
    createdAt: 0,
    name: 'a1',
    version: '',
    osDescription: '',
    enabled: true,
    maxParallelism: 1,
    systemCapabilities: {},
    userCapabilities: {},
    identity: { clientId: CLIENT_ID, publicKey: readPublicKey('AQAB', KNOWN_MODULUS) },
  };
}
