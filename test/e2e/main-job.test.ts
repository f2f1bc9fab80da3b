import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../packages/incus-azure-pipelines/src/doctor/finding.js';
import {
  makeTestCertificate,
  startEntra,
  type TestCertificate,
  type TokenEndpoint,
} from '../../packages/incus-azure-pipelines/test/token-endpoint.js';
import { runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { readPool, whenPool } from './daemon-status.js';
import { type Foreigners, placeForeigners } from './foreigners.js';
import { expectNothingLeft, expectSixCleanJobs } from './six-jobs.js';
import { agentsOnline, tellOnFailure } from './waiting.js';

const ENTRA_TOKEN = 'ey.of-an.identity';
const SECRET = 's3cret-0f-the-applicat10n';
const APPLICATION = { tenantId: 'contoso.example', clientId: '11111111-2222-3333-4444-555555555555' };

/** A server of one's own that calls itself by another name than it is reached by, which nobody knows here. */
const COLLECTION = 'tfs/DefaultCollection';
const PUBLIC_URL = `http://tfs.corp.invalid:8080/${COLLECTION}`;

describeOnIncus('six jobs of a collection below /tfs, by a daemon that is confined to its project', testbed => {
  let scenario: Scenario;
  let foreigners: Foreigners;
  let certificate: TestCertificate;
  let entra: TokenEndpoint;
  beforeAll(async () => {
    certificate = await makeTestCertificate();
    entra = await startEntra(certificate, () => ({
      body: { token_type: 'Bearer', expires_in: 3600, access_token: ENTRA_TOKEN },
    }));
    const settings = { agentCount: 0, agentPrefix: 'ci' };
    const emulator = { entraToken: ENTRA_TOKEN, collection: COLLECTION, publicUrl: PUBLIC_URL };
    scenario = await startScenario({ ...testbed(), confined: true, settings, emulator });
    await writeFile(join(scenario.directory, 'secret'), SECRET, { mode: 0o600 });
    await using daemon = scenario.startDaemon();
    await daemon.seen(line => line.msg === 'running');
    foreigners = await placeForeigners(scenario, testbed().image);
  });
  afterAll(async () => {
    await using _certificate = certificate;
    await using _entra = entra;
    await scenario?.[Symbol.asyncDispose]();
  });

  test.each([
    { registration: 'host', reserve: 0, docker: false, signsInBy: 'command' },
    { registration: 'host', reserve: 2, docker: true, signsInBy: 'servicePrincipal' },
    { registration: 'guest', reserve: 0, docker: true, signsInBy: 'pat' },
    { registration: 'guest', reserve: 2, docker: false, signsInBy: 'pat' },
  ] as const)(
    'each runs in a clean instance of its own and nothing is left, with $registration, $reserve, docker: $docker and $signsInBy',
    async ({ signsInBy, ...settings }) => {
      const { emulator } = scenario;
      const { token: pat, url } = emulator;
      const ways = {
        pat: { pat },
        // A token of Microsoft Entra, from whatever program has one.
        command: { auth: { command: { run: ['/bin/echo', ENTRA_TOKEN] } } },
        servicePrincipal: {
          auth: { servicePrincipal: { ...APPLICATION, secret: { file: join(scenario.directory, 'secret') } } },
        },
      };
      const azure = { ...ways[signsInBy], url, pool: 'default' };
      await scenario.configure({ ...settings, azure, agentCount: 2 });
      const asked = entra.asked.length;
      const env = { ...process.env, AZURE_AUTHORITY_HOST: entra.url, NODE_EXTRA_CA_CERTS: certificate.path };
      const daemon = scenario.startDaemon(undefined, { env });
      tellOnFailure(daemon);
      await daemon.seen(line => line.msg === 'running');
      // Else a base that is still being built is among what is left.
      await whenPool(scenario, daemon, ({ generation }) => generation !== undefined);
      // A drain outlives its daemon.
      expect((await scenario.call('resume')).code).toBe(0);
      await agentsOnline(emulator, 2);
      expect((await readPool(scenario)).registration).toBe(settings.registration);

      await expectSixCleanJobs(scenario);
      await expectNothingLeft(scenario, daemon, foreigners);
      await foreigners.expectUntouched();
      expect(entra.asked.slice(asked).map(({ form }) => form.get('client_secret'))).toEqual(
        signsInBy === 'servicePrincipal' ? [SECRET] : [],
      );
      expect(await daemon.end()).toBe(0);
    },
  );

  test('the host and a guest reach that server, as the document has them tried', async () => {
    const [check, doctor] = told('docs/how-to/azure-devops-server.md#use-azure-devops-server').lines(2);
    const call = (command: string, ...more: readonly string[]) =>
      runProgram([...command.split(' ').slice(1), '--config', scenario.configPath, ...more]);
    expect(await call(check)).toMatchObject({ code: 0 });
    const { findings } = JSON.parse((await call(doctor, '--json')).stdout) as { findings: readonly Finding[] };
    for (const name of ['azure-server', 'registration', 'guest-server'])
      expect(findings).toContainEqual(expect.objectContaining({ check: name, colour: 'green' }));
  });
});
