import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DaemonProcess, runProgram } from '../../../../testbed/daemon-process.js';
import { type Emulator, startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { PretendIncus } from '../../test/pretend-incus.js';
import {
  makeTestCertificate,
  startEntra,
  startMachineEndpoint,
  type TestCertificate,
  type TokenRequest,
} from '../../test/token-endpoint.js';

const SECRET = 'm4rk3d-s3cr3t-0f-th3-appl1c4t10n';
const TOKEN = 'm4rk3d.t0k3n.of.3ntr4';
const REVOKED = 'm4rk3d.r3v0k3d.of.3ntr4';
const IDS = 'tenantId: contoso.example, clientId: 11111111-2222-3333-4444-555555555555';

const folder = useConfigFolder();

let certificate: TestCertificate;
beforeAll(async () => {
  certificate = await makeTestCertificate();
  await folder.write('secret', SECRET);
  await folder.write('client.pem', `${certificate.cert}${certificate.key}`);
});
afterAll(() => certificate[Symbol.asyncDispose]());

/** Ways to sign in, each with what the endpoint is shown at each question. */
const WAYS = [
  ['a client secret', `servicePrincipal: {${IDS}, secret: {file: secret}}`, { client_secret: SECRET }],
  [
    'a certificate',
    `servicePrincipal: {${IDS}, certificate: client.pem}`,
    { client_assertion: expect.stringMatching(/^ey[^.]+\.[^.]+\.[^.]{342}$/) },
  ],
  ['the machine', 'managedIdentity: {}', { metadata: 'true' }],
  ['the token of another issuer', `workloadIdentity: {${IDS}, tokenFile: secret}`, { client_assertion: SECRET }],
] as const;

interface Running {
  readonly daemon: DaemonProcess;
  readonly azure: Emulator;
  /** Headers and form of each question for a token. */
  readonly asked: readonly object[];
}

/** Starts the program, which signs in like this, and is given these tokens in turn, the last again and again. */
async function started(auth: string, tokens: readonly string[], test: (running: Running) => Promise<void>) {
  const asked: object[] = [];
  const answer = ({ form, headers }: TokenRequest) => {
    const access_token = tokens[Math.min(asked.length, tokens.length - 1)];
    asked.push({ ...headers, ...Object.fromEntries(form) });
    // A longer life, and the library would give the token of a machine again without asking.
    const life = { expires_in: 240, expires_on: `${Math.floor(Date.now() / 1000) + 240}` };
    return { body: { token_type: 'Bearer', access_token, resource: 'x', ...life } };
  };
  const isMachine = auth.startsWith('managedIdentity');
  await using endpoint = await (isMachine ? startMachineEndpoint(answer) : startEntra(certificate, answer));
  const azure = await startEmulator({ entraToken: TOKEN });
  await using incus = await PretendIncus.start(Date.now);
  incus.aliases.set('debian', 'f'.repeat(64));
  const config = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: local:debian
baseMade: true
incus: {socket: ${incus.socketPath}}
stateDirectory: ${folder.path('state')}
controlSocket: ${folder.path('control.sock')}
http: {port: 0}
azure: {url: "${azure.url}", pool: default, auth: {${auth}}}
`,
  );
  const where = { [isMachine ? 'AZURE_POD_IDENTITY_AUTHORITY_HOST' : 'AZURE_AUTHORITY_HOST']: endpoint.url };
  const env = { ...process.env, ...where, NODE_EXTRA_CA_CERTS: certificate.path };
  try {
    await using daemon = new DaemonProcess(['run', '--config', config, '--log-level', 'debug'], { env });
    await test({ asked, azure, daemon });
  } finally {
    await azure.close();
  }
}

/** All that a daemon has said, in which nothing of a secret stands. */
function said({ log, stderr }: DaemonProcess): string {
  const all = JSON.stringify(log) + stderr;
  expect(all).not.toMatch(/m4rk3d/);
  for (const line of certificate.key.trim().split('\n').slice(1, -1)) expect(all).not.toContain(line);
  return all;
}

it('doctor says in one sentence that a machine has no endpoint for its identity', async () => {
  const config = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: local:debian
incus: {socket: ${folder.path('no-incus')}}
stateDirectory: ${folder.path('state')}
azure: {url: "http://127.0.0.1:1", pool: default, auth: {managedIdentity: {}}}
`,
  );
  const env = { ...process.env, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' };
  const { stdout } = await runProgram(['doctor', '--config', config], { env });
  expect(/^red +azure-token +(.*)$/m.exec(stdout)?.[1]).toBe(
    'read the token: ask Microsoft Entra for a token: ManagedIdentityCredential: Network unreachable; see that this machine has a managed identity, in Azure or by Azure Arc',
  );
});

describe.each(WAYS)('the program as it is installed, that signs in by %s,', (_, auth, shown) => {
  it('asks once for all its calls, and once more where Azure refuses the token', () =>
    started(auth, [REVOKED, TOKEN], async ({ asked, azure, daemon }) => {
      // Nothing is planned before Azure was read.
      await daemon.seen(({ kind }) => kind === 'build-base');
      expect(azure.calls().length).toBeGreaterThan(2);
      expect(asked).toEqual([expect.objectContaining(shown), expect.objectContaining(shown)]);
      await daemon.end();
      said(daemon);
    }));

  it('ends with one sentence where Azure refuses the second, too', () =>
    started(auth, [REVOKED], async ({ asked, daemon }) => {
      await expect(daemon.seen(() => false)).rejects.toThrow('the daemon ended');
      expect(asked).toHaveLength(2);
      expect(said(daemon)).toMatch(
        /find the agent pool "default" on http:\S+: the token was refused \(401\) \("[^"]+"\); add the identity that it is for to the users of the organisation\n*$/,
      );
    }));
});
