import { X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GuardedProxy, startGuardedProxy } from '../../../../testbed/guarded-proxy.js';
import { makePrivateAuthority, type PrivateAuthority } from '../../../../testbed/private-authority.js';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { FakeClock } from '../../test/simulation/fake-clock.js';
import {
  makeTestCertificate,
  startEntra,
  type TestCertificate,
  type TokenEndpoint,
  type TokenRequest,
} from '../../test/token-endpoint.js';
import { Identities } from '../lib/identity/identities.js';
import { formatMessage } from './message.js';

const folder = useConfigFolder();
/** Where Entra is asked by whoever names no other authority. */
const HOST = 'login.microsoftonline.com';
const TENANT = 'contoso.example';
const IDS = `tenantId: ${TENANT}, clientId: 11111111-2222-3333-4444-555555555555`;
const MINUTE_MS = 60_000;

let trust: PrivateAuthority;
let client: TestCertificate;
let nextClient: TestCertificate;
let proxy: GuardedProxy;
let entra: TokenEndpoint;
/** What Entra refuses with; undefined while it gives tokens. */
let refusal: string | undefined;

beforeAll(async () => {
  [trust, client, nextClient] = await Promise.all([
    makePrivateAuthority([HOST]),
    makeTestCertificate(),
    makeTestCertificate(),
  ]);
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await nextClient[Symbol.asyncDispose]();
});

beforeEach(async () => {
  refusal = undefined;
  let given = 0;
  entra = await startEntra(trust, () => {
    if (refusal !== undefined) return { status: 401, body: { error: 'invalid_client', error_description: refusal } };
    given += 1;
    return { body: { token_type: 'Bearer', expires_in: 3600, access_token: `ey.token.${given}` } };
  });
  const routes = new Map([[`${HOST}:443`, new URL(entra.url)]]);
  proxy = await startGuardedProxy({ user: 'builds', password: 'right', routes });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy[Symbol.asyncDispose]();
  await entra[Symbol.asyncDispose]();
});

const both = ({ cert, key }: TestCertificate) => `${cert}${key}`;

/** Ways to sign in, each with the file that it reads, what is to be in it at first and then, and how that shows in what is posted. */
const WAYS = [
  {
    who: 'a service principal with a secret',
    auth: `servicePrincipal: {${IDS}, secret: {file: by}}`,
    holds: () => ['s~cret-one', 's~cret-two'] as const,
    shown: ({ form }: TokenRequest) => form.get('client_secret'),
    shows: (text: string) => text,
  },
  {
    who: 'a service principal with a certificate',
    auth: `servicePrincipal: {${IDS}, certificate: by}`,
    holds: () => [both(client), both(nextClient)] as const,
    shown: ({ form }: TokenRequest) =>
      JSON.parse(Buffer.from(form.get('client_assertion')?.split('.')[0] ?? '', 'base64url').toString())['x5t#S256'],
    // RFC 7515, 4.1.8.
    shows: (text: string) =>
      Buffer.from(new X509Certificate(text).fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
  },
  {
    who: 'a workload',
    auth: `workloadIdentity: {${IDS}, tokenFile: by}`,
    holds: () => ['one.of.issuer\n', 'two.of.issuer\n'] as const,
    shown: ({ form }: TokenRequest) => form.get('client_assertion'),
    shows: (text: string) => text.trim(),
  },
];

/** What a file says that has a pool sign in like this. */
const configured = async (auth: string) =>
  folder.read(`agentCount: 1
baseImage: debian/13
proxy: {https: "${proxy.url}", user: builds, password: {file: ${await folder.write('password', 'right')}}}
caCertificates: [${await folder.write('authority.crt', trust.authority)}]
azure: {url: https://dev.azure.com/contoso, pool: linux, auth: {${auth}}}
`);

describe.each(WAYS)('$who', ({ auth, holds, shown, shows }) => {
  it('gets a token of Entra, and five minutes before its end another, by what its file then holds', async () => {
    const [first, then] = holds();
    await folder.write('by', first);
    const { credentials, warnings } = await configured(auth);
    expect(warnings).toEqual([]);
    const clock = new FakeClock(Date.now());
    using identities = new Identities(credentials, clock);
    const token = async () => (await identities.of('linux').token()).reveal();
    expect(await token()).toBe('ey.token.1');
    await folder.write('by', then);
    await clock.advance(54 * MINUTE_MS);
    expect([await token(), entra.asked.length]).toEqual(['ey.token.1', 1]);
    await clock.advance(2 * MINUTE_MS);
    await expect.poll(token).toBe('ey.token.2');
    expect(entra.asked.map(shown)).toEqual([first, then].map(shows));
    expect(entra.asked.map(({ url }) => url.split('?')[0])).toEqual(Array(2).fill(`/${TENANT}/oauth2/v2.0/token`));
  });

  it('is told what Entra says, and to see whether tenant, application and proof belong together', async () => {
    await folder.write('by', holds()[0]);
    const { credentials } = await configured(auth);
    refusal = `AADSTS90002: Tenant '${TENANT}' not found. Trace ID: 1 Correlation ID: 2 Timestamp: 3\r\nmore`;
    const said = await credentials
      .get('linux')
      ?.ask(new AbortController().signal)
      .catch((error: Error) => error.message);
    expect(said).toMatch(
      /^ask Microsoft Entra for a token: AADSTS90002: Tenant 'contoso\.example' not found; see that tenantId(?:,| and) clientId [^;]+$/,
    );
    for (const secret of holds()[0].trim().split('\n')) expect(said).not.toContain(secret);
  });

  it.each(['localhost', '127.0.0.1'])('is told that Entra is not reached where nobody listens on %s', async host => {
    await folder.write('by', holds()[0]);
    vi.stubEnv('AZURE_AUTHORITY_HOST', `https://${host}:1`);
    const { credentials } = await folder.read(ONE_POOL.replace('pat: token', `auth: {${auth}}`));
    const asked = [...credentials.values()][0]?.ask(new AbortController().signal);
    await expect(asked).rejects.toThrow(
      /^ask Microsoft Entra for a token: .*ECONNREFUSED.*; see that proxy and caCertificates say how Entra is reached$/,
    );
  });

  it('is told that its file is gone, and Entra is not asked without it', async () => {
    const file = await folder.write('by', holds()[0]);
    const { credentials } = await configured(auth);
    await rm(file);
    await expect(credentials.get('linux')?.ask(new AbortController().signal)).rejects.toThrow(
      /^read the (?:secret|certificate|token) of pool "linux": there is no file \S+\/by; put the \w+ (?:into it|there), or correct the path$/,
    );
    expect(entra.asked).toEqual([]);
  });
});

it('what ends with a certificate is known from its file, and that others can read it is told', async () => {
  const open = await folder.write('by', both(client), 0o644);
  const { spec, warnings } = await configured(`servicePrincipal: {${IDS}, certificate: by}`);
  expect(spec.pools[0]?.tokenExpiresAt).toBe(Date.parse(new X509Certificate(client.cert).validTo));
  expect(warnings.map(message => formatMessage({ ...message, file: '' }).replace(/^.*warning: /, ''))).toEqual([
    `azure.auth.servicePrincipal.certificate: every user of this host can read the file; run: chmod o-rwx ${open}`,
  ]);
});
