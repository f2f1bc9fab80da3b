import { createVerify, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../test/simulation/fake-clock.js';
import {
  makeTestCertificate,
  startEntra,
  startMachineEndpoint,
  type TestCertificate,
  type TokenAnswer,
  type TokenEndpoint,
  type TokenRequest,
} from '../../../test/token-endpoint.js';
import { Secret } from '../secret.js';
import { WayOut } from '../way-out.js';
import { entraSource } from './entra.js';
import type { EntraUser } from './entra-user.js';
import { Identity } from './identity.js';

const tenantId = 'contoso.example';
const clientId = '11111111-2222-3333-4444-555555555555';
const SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';
const MINUTE_MS = 60_000;
const { signal } = new AbortController();

let certificate: TestCertificate;
/** One for all tests: the library finds it once in a process. */
let machine: TokenEndpoint;
let answerOfMachine: TokenAnswer;
beforeAll(async () => {
  machine = await startMachineEndpoint(request => answerOfMachine(request));
  certificate = await makeTestCertificate();
});
afterAll(async () => {
  await machine[Symbol.asyncDispose]();
  await certificate[Symbol.asyncDispose]();
});

const token: TokenAnswer = () => ({ body: { token_type: 'Bearer', expires_in: 3600, access_token: 'ey.the.token' } });

/** What the endpoint of the machine is asked for a token, and answers. */
async function askMachine(user: EntraUser, answer: TokenAnswer, wayOut = new WayOut()): Promise<TokenRequest> {
  answerOfMachine = answer;
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', machine.url);
  try {
    const { secret } = await entraSource(user, { wayOut }).ask(signal);
    expect(secret.reveal()).toMatch(/^token\.of\./);
  } finally {
    vi.unstubAllEnvs();
  }
  const asked = machine.asked.at(-1);
  if (asked === undefined) throw new Error('the endpoint was not asked');
  return asked;
}

/** What a user gets from Entra, and what was posted for it. */
async function signedIn(user: EntraUser, answer = token, times = 1) {
  await using entra = await startEntra(certificate, answer);
  const source = entraSource(user, {
    authorityHost: entra.url,
    wayOut: new WayOut({ authorities: [certificate.cert] }),
  });
  const before = Date.now();
  const issued = [];
  for (let i = 0; i < times; i += 1) issued.push(await source.ask(signal));
  const [first] = issued;
  expect(first?.secret.reveal()).toBe('ey.the.token');
  expect(first?.expiresAt).toBeGreaterThanOrEqual(before + 3_590_000);
  expect(first?.expiresAt).toBeLessThanOrEqual(Date.now() + 3_610_000);
  return {
    url: entra.url,
    posts: entra.asked.map(({ form, url }): Readonly<Record<string, string>> => ({ url, ...Object.fromEntries(form) })),
  };
}

it('gives a service principal with a secret a token for Azure DevOps, a new one each time', async () => {
  let read = 0;
  const secret = async () => {
    read += 1;
    return new Secret('the~secret');
  };
  const { posts } = await signedIn({ kind: 'secret', tenantId, clientId, secret }, token, 2);
  expect(posts).toHaveLength(2);
  expect(posts[0]).toMatchObject({
    url: expect.stringMatching(/^\/contoso\.example\/oauth2\/v2\.0\/token/),
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: 'the~secret',
    scope: SCOPE,
  });
  expect(read).toBe(2);
});

it('gives a service principal with a certificate a token for a statement that its key has signed', async () => {
  const secret = async () => new Secret(`${certificate.cert}${certificate.key}`);
  const user: EntraUser = { kind: 'certificate', tenantId, clientId, secret };
  const { posts, url } = await signedIn(user);
  const [head, claims, signature] = (posts[0]?.client_assertion ?? '').split('.');
  const { publicKey } = new X509Certificate(certificate.cert);
  expect(JSON.parse(Buffer.from(claims ?? '', 'base64url').toString())).toMatchObject({
    iss: clientId,
    aud: expect.stringContaining(url),
  });
  const padding = JSON.parse(Buffer.from(head ?? '', 'base64url').toString()).alg === 'PS256' ? 6 : 1;
  const key = { key: publicKey, padding, ...(padding === 6 ? { saltLength: 32 } : {}) };
  expect(
    createVerify('sha256')
      .update(`${head}.${claims}`)
      .verify(key, signature ?? '', 'base64url'),
  ).toBe(true);
});

it('gives a workload a token for the one of its own issuer, read anew each time', async () => {
  const tokens = ['first.of.issuer', 'second.of.issuer'];
  const secret = async () => new Secret(tokens.shift() ?? '');
  const { posts } = await signedIn({ kind: 'federated', tenantId, clientId, secret }, token, 2);
  expect(posts.map(post => post.client_assertion)).toEqual(['first.of.issuer', 'second.of.issuer']);
});

it.each([
  ['its own', undefined],
  ['one that was assigned', clientId],
])('gives a machine in Azure a token for %s identity', async (_, id) => {
  const { headers, url } = await askMachine({ kind: 'managed', clientId: id }, () => ({
    body: { access_token: `token.of.${id}`, expires_in: '3600', resource: 'x', token_type: 'Bearer' },
  }));
  const query = new URL(url, machine.url).searchParams;
  expect([query.get('resource'), query.get('client_id')]).toEqual(['499b84ac-1321-427f-aa17-267ca6975798', id ?? null]);
  expect(headers.metadata).toBe('true');
});

it.each([
  ['an hour', 60, '4'],
  // The library then has a new one already, and gives the old one once more.
  ['a day', 24 * 60, '5'],
])('has another token of a machine before the end of one that is kept for %s', async (_, minutes, digit) => {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.stubEnv('AZURE_POD_IDENTITY_AUTHORITY_HOST', machine.url);
  const [before, end] = [machine.asked.length, Date.now() + minutes * MINUTE_MS];
  const asked = () => machine.asked.length - before;
  const body = () => ({
    resource: 'x',
    token_type: 'Bearer',
    expires_on: `${Math.floor(Date.now() / 1000) + minutes * 60}`,
  });
  answerOfMachine = () => ({ body: { access_token: `token.of.question.${asked()}`, ...body() } });
  try {
    const source = entraSource({ kind: 'managed', clientId: clientId.replace('1', digit) });
    using identity = new Identity(source, { now: () => Date.now() });
    const text = async () => (await identity.token()).reveal();
    expect(await text()).toBe('token.of.question.1');
    vi.setSystemTime(end - 6 * MINUTE_MS);
    expect([await text(), asked()]).toEqual(['token.of.question.1', 1]);
    vi.setSystemTime(end - 4 * MINUTE_MS);
    await text();
    await expect.poll(asked).toBe(2);
    vi.setSystemTime(end - 2 * MINUTE_MS);
    await expect.poll(text).toBe('token.of.question.2');
  } finally {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  }
});

it('asks the machine itself, whatever the way out is', async () => {
  class Closed extends WayOut {
    override open(): never {
      throw new Error('the way out was taken');
    }
  }
  const proxy = 'http://proxy.example:3128';
  const wayOut = new Closed({ proxy: { http: proxy, https: proxy, noProxy: [], user: undefined } });
  const other = clientId.replace('1', '3');
  const { url } = await askMachine(
    { kind: 'managed', clientId: other },
    () => ({ body: { access_token: 'token.of.it', expires_in: '3600', resource: 'x', token_type: 'Bearer' } }),
    wayOut,
  );
  expect(new URL(url, machine.url).searchParams.get('client_id')).toBe(other);
});

it('says in one sentence why Entra gives no token, whatever it quotes', async () => {
  const description = 'AADSTS7000215: Invalid client secret the~secret provided. Trace ID: 1 Correlation ID: 2\r\nmore';
  const refusal: TokenAnswer = () => ({
    status: 401,
    body: { error: 'invalid_client', error_description: description, error_codes: [7000215] },
  });
  await using entra = await startEntra(certificate, refusal);
  const secret = async () => new Secret('the~secret');
  const source = entraSource(
    { kind: 'secret', tenantId, clientId, secret },
    { authorityHost: entra.url, wayOut: new WayOut({ authorities: [certificate.cert] }) },
  );
  const error = await source.ask(signal).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toMatch(/^Error: ask Microsoft Entra for a token: .*AADSTS7000215: .*; see that tenantId, .*$/);
  expect(String(error)).not.toMatch(/the~secret|Trace ID/);
  expect(entra.asked).toHaveLength(1);
});

it('says where a machine has no such identity', async () => {
  const other = { kind: 'managed', clientId: clientId.replace('1', '2') } as const;
  const asked = askMachine(other, () => ({
    status: 400,
    body: { error: 'invalid_request', error_description: 'Identity not found' },
  }));
  await expect(asked).rejects.toThrow(
    /^ask Microsoft Entra for a token: .*Identity not found.*; see that this machine has a managed identity/,
  );
});

it.each([
  [
    'a proxy',
    (at: string) => ({ wayOut: new WayOut({ proxy: { http: at, https: at, noProxy: [], user: undefined } }) }),
    /^no answer within 20 s from https:\/\/entra\.example through the proxy http:\/\/127\.0\.0\.1:\d+; see that the proxy answers/,
    'https://entra.example',
  ],
  [
    'Entra',
    () => ({ wayOut: new WayOut({ authorities: [certificate.cert] }) }),
    /^no answer within 20 s from https:\/\/127\.0\.0\.1:\d+; see that a firewall lets this host through/,
    undefined,
  ],
])(
  'says that nobody answered where %s never does, and not that the secret is wrong',
  async (_, way, said, authority) => {
    const sockets: Socket[] = [];
    const silent = createServer(socket => void sockets.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const at = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const clock = new FakeClock(0);
    try {
      const source = entraSource(
        { kind: 'secret', tenantId, clientId, secret: async () => new Secret('the~secret') },
        { ...way(`http://${at}`), authorityHost: authority ?? `https://${at}`, clock },
      );
      const called = once(silent, 'connection');
      const asked = source.ask(signal).then(
        () => 'a token',
        (error: Error) => error.message,
      );
      await called;
      await clock.advance(20_000);
      const [what, why] = (await asked).split(/: (.*)/);
      expect([what, why]).toEqual(['ask Microsoft Entra for a token', expect.stringMatching(said)]);
      expect(clock.sleeping).toBe(0);
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
      await once(silent, 'close');
    }
  },
);
