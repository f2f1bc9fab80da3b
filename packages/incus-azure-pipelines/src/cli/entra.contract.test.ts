import { expect, it } from 'vitest';
import { DaemonProcess } from '../../../../testbed/daemon-process.js';
import { startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { PretendIncus } from '../../test/pretend-incus.js';
import { makeTestCertificate, startEntra } from '../../test/token-endpoint.js';

const SECRET = 'm4rk3d-s3cr3t-0f-th3-appl1c4t10n';
const TOKEN = 'm4rk3d.t0k3n.of.3ntr4';

const folder = useConfigFolder();

it('the program as it is installed signs in by Entra, once for all that it asks, and tells neither secret nor token', async () => {
  await using certificate = await makeTestCertificate();
  await using entra = await startEntra(certificate, () => ({
    body: { token_type: 'Bearer', expires_in: 3600, access_token: TOKEN },
  }));
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
azure:
  url: "${azure.url}"
  pool: default
  auth:
    servicePrincipal:
      tenantId: contoso.example
      clientId: 11111111-2222-3333-4444-555555555555
      secret: {file: ${await folder.write('secret', SECRET)}}
`,
  );
  const env = { ...process.env, AZURE_AUTHORITY_HOST: entra.url, NODE_EXTRA_CA_CERTS: certificate.path };
  await using daemon = new DaemonProcess(['run', '--config', config, '--log-level', 'debug'], { env });
  // Nothing is planned before Azure was read.
  await daemon.seen(({ kind }) => kind === 'build-base');
  const asked = azure.calls().length;
  expect(asked).toBeGreaterThan(1);
  expect(entra.asked.map(({ form }) => form.get('client_secret'))).toEqual([SECRET]);
  await daemon.end();
  const said = JSON.stringify(daemon.log) + daemon.stderr;
  expect(said).not.toMatch(/m4rk3d/);
  await azure.close();
});
