import type { Clock } from '../clock.js';
import type { Secret } from '../secret.js';
import type { WayOut } from '../way-out.js';

/** Who signs in, and by what. */
export type EntraUser =
  | {
      /** By a client secret, by a certificate, or by a token of another issuer. */
      readonly kind: 'secret' | 'certificate' | 'federated';
      readonly tenantId: string;
      readonly clientId: string;
      /**
       * The client secret, the certificate with its key (PEM), or the token. Read anew each time.
       *
       * @throws an error whose message is one sentence, without the secret.
       */
      readonly secret: () => Promise<Secret>;
    }
  | { readonly kind: 'managed'; readonly clientId: string | undefined };

/** Where another authority is asked than that of the public cloud. The library knows variables of its own, too. */
export interface EntraOptions {
  readonly authorityHost?: string;
  /** How Entra is reached. The endpoint of a machine is on its own links, and reached straight. */
  readonly wayOut?: WayOut;
  /** Default: the time of the system. */
  readonly clock?: Clock;
}
