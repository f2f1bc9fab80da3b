import type { Clock } from '../clock.js';
import type { Secret } from '../secret.js';
import type { WayOut } from '../way-out.js';

/** Who signs in, and by what. */
export type EntraUser =
  | {
      readonly kind: 'secret';
      readonly tenantId: string;
      readonly clientId: string;
      /** Read anew each time. */
      readonly secret: () => Promise<Secret>;
    }
  | {
      readonly kind: 'certificate';
      readonly tenantId: string;
      readonly clientId: string;
      /** PEM with certificate and key. */
      readonly certificatePath: string;
    }
  | { readonly kind: 'managed'; readonly clientId: string | undefined }
  | {
      readonly kind: 'federated';
      readonly tenantId: string;
      readonly clientId: string;
      readonly tokenFilePath: string;
    };

/** Where another authority is asked than that of the public cloud. The library knows variables of its own, too. */
export interface EntraOptions {
  readonly authorityHost?: string;
  /** How Entra is reached. The endpoint of a machine is on its own links, and reached straight. */
  readonly wayOut?: WayOut;
  /** Default: the time of the system. */
  readonly clock?: Clock;
}
