/** The library that signs in with Microsoft Entra. It is large: nothing but a dynamic import may name this file. */

import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import type { Dispatcher } from 'undici';
import { clientBy } from './client-by.js';
import type { EntraUser } from './entra-user.js';

interface Place {
  readonly authorityHost: string | undefined;
  /** The connections to go by; undefined for the library's own. */
  readonly dispatcher: Dispatcher | undefined;
  /** Told why a request could not be sent by them, since the library says that in general terms. */
  readonly onUnsent: (error: unknown) => void;
}

/** Makes what signs in. `secret` is the text of the user's secret, of whatever kind. */
export function entraCredential(
  user: EntraUser,
  secret: string,
  { authorityHost, dispatcher, onUnsent }: Place,
): TokenCredential {
  const options = {
    // Whoever waits for a token tries again, and says meanwhile why there is none.
    retryOptions: { maxRetries: 0 },
    ...(authorityHost === undefined ? {} : { authorityHost, disableInstanceDiscovery: true }),
    ...(dispatcher === undefined ? {} : { httpClient: clientBy(dispatcher, onUnsent) }),
  };
  switch (user.kind) {
    case 'secret':
      return new ClientSecretCredential(user.tenantId, user.clientId, secret, options);
    case 'certificate':
      return new ClientCertificateCredential(user.tenantId, user.clientId, { certificate: secret }, options);
    case 'managed':
      return new ManagedIdentityCredential({ ...options, ...(user.clientId && { clientId: user.clientId }) });
    case 'federated':
      return new ClientAssertionCredential(user.tenantId, user.clientId, async () => secret, options);
  }
}
