/** Turns stored credentials into access to the service. */

import type { KeyObject } from 'node:crypto';
import { type Access, type AgentIdentity, accessByKey, accessByToken } from './access.js';
import { readCredentials, readKey, type StoredCredentials } from './agent-files.js';

/** Returns the access that the files of a configured agent give; throws when the scheme or a member is unknown. */
export function storedAccess(rootDirectory: string): Access {
  const credentials = readCredentials(rootDirectory);
  switch (credentials.scheme.toLowerCase()) {
    case 'oauth':
      return accessByKey(identityFrom(credentials, readKey(rootDirectory)));
    case 'pat':
      return accessByToken(member(credentials, 'token'));
    default:
      throw new Error(`read .credentials: the scheme "${credentials.scheme}" is not known`);
  }
}

/** Returns who the agent is; the token endpoint is the authorization URL where none is named. */
export function identityFrom(credentials: StoredCredentials, key: KeyObject): AgentIdentity {
  const authorizationUrl = member(credentials, 'authorizationUrl');
  return {
    clientId: member(credentials, 'clientId'),
    authorizationUrl,
    tokenEndpointUrl: credentials.values.get('oauthendpointurl') ?? authorizationUrl,
    key,
  };
}

function member(credentials: StoredCredentials, name: string): string {
  const value = credentials.values.get(name.toLowerCase());
  if (value === undefined || value === '') throw new Error(`read .credentials: "data" has no "${name}"`);
  return value;
}
