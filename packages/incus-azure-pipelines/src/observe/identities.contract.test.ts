import { connectAzurePipelines } from 'azure-pipelines-client';
import { describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { makeTestCertificate, startEntra } from '../../test/token-endpoint.js';
import { systemClock } from '../lib/clock.js';
import { entraSource } from '../lib/identity/entra.js';
import { Identities } from '../lib/identity/identities.js';
import type { TokenSource } from '../lib/identity/identity.js';
import { Secret } from '../lib/secret.js';
import { WayOut } from '../lib/way-out.js';
import { authBy } from './clients.js';

const { read, write } = useConfigFolder();

async function emulated(run: (emulator: Emulator) => Promise<void>) {
  const emulator = await startEmulator({ entraToken: 'ey.good.token' });
  try {
    await run(emulator);
  } finally {
    await emulator.close();
  }
}

/** Asks the emulator for its agent pool as the first of these pools, and again, and gives back how often it was asked. */
async function asks(
  emulator: Emulator,
  sources: ReadonlyMap<string, TokenSource>,
  between = async () => {},
  onCovered?: Parameters<typeof authBy>[1],
) {
  using identities = new Identities(sources, systemClock);
  const [pool = ''] = [...sources.keys()];
  await using azure = connectAzurePipelines({ url: emulator.url, auth: authBy(identities.of(pool), onCovered) });
  expect(await azure.pools.findByName('default')).toMatchObject({ name: 'default' });
  await between();
  expect(await azure.pools.findByName('default')).toMatchObject({ name: 'default' });
  return emulator.calls().length;
}

const withAuth = (auth: string) => ONE_POOL.replace('pat: token', `auth: ${auth}`);

describe('Azure takes', () => {
  it('what a program prints: a token of Entra, or a personal access token', () =>
    emulated(async emulator => {
      const entra = await read(withAuth('{command: {run: [echo, ey.good.token]}}'));
      expect(await asks(emulator, entra.credentials)).toBe(2);
      const pat = await read(withAuth(`{command: {run: [echo, ${emulator.token}], prints: pat}}`));
      expect(await asks(emulator, pat.credentials)).toBe(4);
    }));

  it('the token before while the one that was put in its file is not good yet, which is told', () =>
    emulated(async emulator => {
      await write('pat', emulator.token);
      const { credentials } = await read(ONE_POOL.replace('pat: token', 'pat: {file: pat}'));
      const rotate = async () => void (await write('pat', 'of-tomorrow'));
      const covered: unknown[] = [];
      expect(await asks(emulator, credentials, rotate, since => covered.push(since))).toBe(3);
      expect(covered).toEqual([undefined, expect.any(Number)]);
    }));

  it('the token that Entra gives when it is asked again, where the first is refused', () =>
    emulated(async emulator => {
      await using certificate = await makeTestCertificate();
      const tokens = ['ey.revoked.token', 'ey.good.token'];
      const given = () => ({ token_type: 'Bearer', expires_in: 3600, access_token: tokens.shift() });
      await using entra = await startEntra(certificate, () => ({ body: given() }));
      const user = { tenantId: 'contoso.example', clientId: '11111111-2222-3333-4444-555555555555' };
      const source = entraSource(
        { kind: 'secret', ...user, secret: async () => new Secret('the~secret') },
        { authorityHost: entra.url, wayOut: new WayOut({ authorities: [certificate.cert] }) },
      );
      expect(await asks(emulator, new Map([['linux', source]]))).toBe(3);
      expect(entra.asked).toHaveLength(2);
    }));
});
