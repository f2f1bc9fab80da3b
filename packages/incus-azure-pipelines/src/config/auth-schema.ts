/** The keys by which a pool says who it is to Azure. */

import * as z from 'zod';
import { day, duration, expecting, key, path, text } from './kinds.js';

const GUID = /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
const EXAMPLE_GUID = '11111111-2222-3333-4444-555555555555';

/** A secret, in the file or where the file says. */
export function secretText(what: string, home: string, variable: string) {
  return expecting(
    z.union([
      z.string().meta({ writeOnly: true }),
      z.strictObject({
        file: key(path(home), `File that holds the ${what} alone; read again at every use.`),
        env: key(
          text('the name of a variable', variable, /^[A-Za-z_][A-Za-z0-9_]*$/),
          `Variable of the daemon's environment that holds the ${what}.`,
        ),
      }),
    ]),
    {
      kind: 'text',
      expects: `the ${what} in quotes, {file: PATH} or {env: NAME}`,
      example: `{file: ${home}}`,
    },
  );
}

const FOLDER = '/etc/incus-azure-pipelines';

export const pat = secretText('token', `${FOLDER}/pat`, 'AZURE_PAT');

const tenantId = text('a GUID or the name of a domain', EXAMPLE_GUID, /^[A-Za-z0-9][A-Za-z0-9.-]{1,252}$/);
const clientId = text('a GUID', EXAMPLE_GUID, GUID);

const command = expecting(
  z.strictObject({
    run: key(
      expecting(z.array(text('an argument in quotes', '"--output"')).min(1).max(100), {
        kind: 'list',
        expects: 'a list of the program and its arguments',
        example: '[/usr/local/bin/azure-token]',
      }),
      'The program and its arguments, as they are: no shell reads them. It prints the token alone. A path is relative to this file.',
    ),
    prints: key(
      expecting(z.enum(['entra', 'pat']), { kind: 'choice', expects: 'entra or pat', example: 'entra' }),
      'What it prints: a token of Microsoft Entra for Azure DevOps, or a personal access token.',
      'entra',
    ),
    timeout: key(duration('30s', 1000, 300_000), 'It is ended, with all of its process group, after this time.', '30s'),
  }),
  { kind: 'map', expects: 'a map with run', example: '{run: [/usr/local/bin/azure-token]}' },
);

const servicePrincipal = expecting(
  z.strictObject({
    tenantId: key(tenantId, 'Tenant of Microsoft Entra, by its id or one of its domains.'),
    clientId: key(clientId, 'Application (client) id.'),
    secret: key(secretText('secret', `${FOLDER}/client-secret`, 'AZURE_CLIENT_SECRET'), 'Client secret.'),
    secretExpires: key(
      day('2027-01-31'),
      'Day on which the client secret expires, which Entra does not tell; for metrics, alerts and status.',
    ),
    certificate: key(
      path(`${FOLDER}/client.pem`),
      'PEM file with certificate and RSA key, in place of a secret. Its last day is read from it.',
    ),
  }),
  {
    kind: 'map',
    expects: 'a map with tenantId, clientId, and secret or certificate',
    example: `{tenantId: contoso.com, clientId: ${EXAMPLE_GUID}, certificate: ${FOLDER}/client.pem}`,
  },
);

const managedIdentity = expecting(
  z.strictObject({
    clientId: key(clientId, 'Client id of a user-assigned identity; the identity of the machine when left out.'),
  }),
  { kind: 'map', expects: 'a map, empty or with clientId', example: '{}' },
);

const workloadIdentity = expecting(
  z.strictObject({
    tenantId: key(tenantId, 'Tenant of Microsoft Entra, by its id or one of its domains.'),
    clientId: key(clientId, 'Application (client) id that trusts the issuer of the token.'),
    tokenFile: key(path('/run/secrets/entra-token'), 'File with a token of that issuer, which is renewed in time.'),
  }),
  {
    kind: 'map',
    expects: 'a map with tenantId, clientId and tokenFile',
    example: `{tenantId: contoso.com, clientId: ${EXAMPLE_GUID}, tokenFile: /run/secrets/entra-token}`,
  },
);

export const auth = expecting(
  z.strictObject({
    pat: key(pat, 'Personal access token; the same as pat beside auth.'),
    command: key(command, 'A program that prints a token. It is called again before the token ends.'),
    servicePrincipal: key(servicePrincipal, 'An application of Microsoft Entra with a secret or a certificate.'),
    managedIdentity: key(managedIdentity, 'The identity that a machine has in Azure, or by Azure Arc.'),
    workloadIdentity: key(workloadIdentity, 'An application of Microsoft Entra that trusts tokens of another issuer.'),
  }),
  {
    kind: 'map',
    expects: 'a map with one of pat, command, servicePrincipal, managedIdentity and workloadIdentity',
    example: '{command: {run: [/usr/local/bin/azure-token]}}',
  },
);

export type SecretSettings = z.output<typeof pat>;
export type AuthSettings = z.output<typeof auth>;
