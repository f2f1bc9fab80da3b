import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GuardedProxy, startGuardedProxy } from '../../../../testbed/guarded-proxy.js';
import { makePrivateAuthority, type PrivateAuthority } from '../../../../testbed/private-authority.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { startEntra, type TokenEndpoint } from '../../test/token-endpoint.js';

const folder = useConfigFolder();
const HOST = 'login.corp.example';
const IDS = 'tenantId: contoso.example, clientId: 11111111-2222-3333-4444-555555555555';

let trust: PrivateAuthority;
let entra: TokenEndpoint;
let proxy: GuardedProxy;

beforeAll(async () => {
  trust = await makePrivateAuthority(['corp.example']);
  const answer = () => ({ body: { token_type: 'Bearer', expires_in: 3600, access_token: 'ey.the.token' } });
  entra = await startEntra(trust, answer);
});
afterAll(() => entra[Symbol.asyncDispose]());

beforeEach(async () => {
  const routes = new Map([[`${HOST}:443`, new URL(entra.url)]]);
  proxy = await startGuardedProxy({ user: 'builds', password: 'right', routes });
  vi.stubEnv('AZURE_AUTHORITY_HOST', `https://${HOST}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy[Symbol.asyncDispose]();
});

/** What a pool that signs in like this gets, behind the proxy. */
async function tokenBy(auth: string, { authority = trust.authority, password = 'right' } = {}): Promise<string> {
  const { credentials } = await folder.read(`agentCount: 1
baseImage: debian/13
proxy: {https: "${proxy.url}", user: builds, password: {file: ${await folder.write('password', password)}}}
caCertificates: [${await folder.write('authority.crt', authority)}]
azure: {url: https://dev.azure.com/contoso, pool: linux, auth: {${auth}}}
`);
  const issued = await credentials.get('linux')?.ask(new AbortController().signal);
  return issued?.secret.reveal() ?? 'none';
}

const secretOf = async () => `servicePrincipal: {${IDS}, secret: {file: ${await folder.write('secret', 's~cret')}}}`;

describe('behind a proxy, with an authority of their own,', () => {
  it.each([
    ['a service principal', secretOf],
    [
      'a workload',
      async () => `workloadIdentity: {${IDS}, tokenFile: ${await folder.write('token', 'of.the.issuer')}}`,
    ],
  ])('%s gets its token from Entra', async (_, auth) => {
    expect(await tokenBy(await auth())).toBe('ey.the.token');
    expect(new Set(proxy.passages.map(passage => JSON.stringify(passage)))).toEqual(
      new Set([JSON.stringify({ target: `${HOST}:443`, by: 'tunnel', status: 200 })]),
    );
  });

  it('a program that prints a token is told of no proxy, and has the variables of the daemon', async () => {
    vi.stubEnv('HTTPS_PROXY', 'of-the-daemon');
    vi.stubEnv('https_proxy', undefined);
    const script = 'echo "$HTTPS_PROXY+$https_proxy."';
    expect(await tokenBy(`command: {run: [/bin/sh, -c, '${script}'], prints: pat}`)).toBe('of-the-daemon+.');
    expect(proxy.passages).toEqual([]);
  });

  it('is told what the proxy refuses, without the password', async () => {
    const said = await tokenBy(await secretOf(), { password: 'wr0ng' }).catch((error: Error) => error.message);
    expect(said).toMatch(
      /^ask Microsoft Entra for a token: .*the proxy 127\.0\.0\.1:\d+ does not take its user and password \(407\)/,
    );
    expect(said).not.toContain('wr0ng');
  });

  it('is told that the authority is not trusted', async () => {
    const { authority } = await makePrivateAuthority(['other.example']);
    const said = await tokenBy(await secretOf(), { authority }).catch((error: Error) => error.message);
    expect(said).toMatch(/^ask Microsoft Entra for a token: .*certificate/);
  });
});
