import { describe, expect, it } from 'vitest';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import { formatMessage } from './message.js';

const { read, write } = useConfigFolder();

const withAuth = (auth: string) => ONE_POOL.replace('pat: token', `auth: ${auth}`);
const PRINCIPAL = 'tenantId: contoso.com, clientId: 11111111-2222-3333-4444-555555555555';

describe('who a pool is', () => {
  it.each([
    ['{pat: token}', 'pat', 'auto'],
    ['{command: {run: [/bin/echo, token], prints: pat}}', 'pat', 'auto'],
    ['{command: {run: [echo, token]}}', 'bearer', 'host'],
    [`{servicePrincipal: {${PRINCIPAL}, secret: token}}`, 'bearer', 'host'],
    ['{managedIdentity: {}}', 'bearer', 'host'],
  ])('by %s is a %s, and %s registers', async (auth, kind, registration) => {
    const { credentials, spec, warnings } = await read(withAuth(auth));
    expect([...credentials.values()].map(source => source.kind)).toEqual([kind]);
    expect(spec.pools[0]?.registration).toBe(registration);
    expect(warnings).toEqual([]);
    expect(JSON.stringify(spec)).not.toContain('"token"');
  });

  it('is its own where it says so, and else what stands beside the pools', async () => {
    const { credentials, spec } = await read(`${ONE_POOL.replace('Default}', 'Default, patExpires: 2027-01-31}')}pools:
- name: same
- name: other
  azure: {auth: {managedIdentity: {}}}
`);
    expect([...credentials].map(([name, { kind }]) => [name, kind])).toEqual([
      ['same', 'pat'],
      ['other', 'bearer'],
    ]);
    expect(spec.pools.map(({ tokenExpiresAt }) => tokenExpiresAt)).toEqual([Date.UTC(2027, 0, 31), undefined]);
  });

  it('ends with the day that is written for its secret', async () => {
    const { spec } = await read(withAuth(`{servicePrincipal: {${PRINCIPAL}, secret: x, secretExpires: 2027-01-31}}`));
    expect(spec.pools[0]?.tokenExpiresAt).toBe(Date.UTC(2027, 0, 31));
  });
});

it('warns of secrets that everybody can read, and of a server that knows no tokens of Entra', async () => {
  const token = await write('open-token', 'x', 0o644);
  const messages = await Promise.all(
    [
      withAuth(`{servicePrincipal: {${PRINCIPAL}, secret: {file: open-token}}}`),
      withAuth(`{workloadIdentity: {${PRINCIPAL}, tokenFile: open-token}}`),
      withAuth('{managedIdentity: {}}').replace('dev.azure.com', 'tfs.example.com'),
    ].map(async text => (await read(text)).warnings.map(message => formatMessage({ ...message, file: '' }))),
  );
  expect(messages.map(([first]) => first?.replace(/^.*warning: azure\.auth\.?/, ''))).toEqual([
    `servicePrincipal.secret: every user of this host can read the file; run: chmod o-rwx ${token}`,
    `workloadIdentity.tokenFile: every user of this host can read the file; run: chmod o-rwx ${token}`,
    expect.stringContaining('which Azure DevOps Services takes and Azure DevOps Server does not'),
  ]);
});
