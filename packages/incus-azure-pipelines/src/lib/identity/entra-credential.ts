/** The library that signs in with Microsoft Entra. It is large: nothing but a dynamic import may name this file. */

import {
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
  WorkloadIdentityCredential,
} from '@azure/identity';
import type { EntraOptions, EntraUser } from './entra-user.js';

/** Makes what signs in. `secret` is the text of a client secret where the user has one. */
export function entraCredential(user: EntraUser, secret: string, given: EntraOptions): TokenCredential {
  const authorityHost = given.authorityHost ?? process.env.AZURE_AUTHORITY_HOST;
  const options = {
    // Whoever waits for a token tries again, and says meanwhile why there is none.
    retryOptions: { maxRetries: 0 },
    ...(authorityHost === undefined ? {} : { authorityHost, disableInstanceDiscovery: true }),
    ...(given.certificateAuthority === undefined ? {} : { tlsOptions: { ca: given.certificateAuthority } }),
  };
  switch (user.kind) {
    case 'secret':
      return new ClientSecretCredential(user.tenantId, user.clientId, secret, options);
    case 'certificate': {
      const { certificatePath, clientId, tenantId } = user;
      return new ClientCertificateCredential(tenantId, clientId, { certificatePath }, options);
    }
    case 'managed':
      return new ManagedIdentityCredential({ ...options, ...(user.clientId && { clientId: user.clientId }) });
    case 'federated': {
      const { clientId, tenantId, tokenFilePath } = user;
      return new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath });
    }
  }
}
