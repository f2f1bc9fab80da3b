/** Where in a state directory the certificate lies by which the daemon is confined to its project. */
export interface IdentityPaths {
  readonly certificatePath: string;
  readonly keyPath: string;
  /** The certificate of the Incus that trusts it. */
  readonly serverCertificatePath: string;
}

/** Names the three files, all PEM. */
export function identityPaths(stateDirectory: string): IdentityPaths {
  return {
    certificatePath: `${stateDirectory}/incus/client.crt`,
    keyPath: `${stateDirectory}/incus/client.key`,
    serverCertificatePath: `${stateDirectory}/incus/server.crt`,
  };
}
