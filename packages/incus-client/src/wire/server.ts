import type { StringMap } from './instance.js';

/** The daemon as it describes itself (`GET /1.0`). */
export interface ServerInfo {
  readonly api_extensions: readonly string[];
  readonly api_version: string;
  readonly auth: 'trusted' | 'untrusted';
  readonly auth_user_name: string;
  readonly auth_user_method: string;
  readonly config: StringMap;
  /** Absent for a client that is not trusted. */
  readonly environment?: ServerEnvironment;
}

export interface ServerEnvironment {
  /** `incus`; the sibling project answers `lxd`. */
  readonly server: string;
  readonly server_version: string;
  readonly server_name: string;
  readonly server_clustered: boolean;
  readonly server_pid: number;
  readonly addresses: readonly string[] | null;
  readonly architectures: readonly string[];
  readonly certificate: string;
  /** SHA-256 of the DER form, lower-case hex. */
  readonly certificate_fingerprint: string;
  readonly driver: string;
  readonly driver_version: string;
  /** `nftables` or `xtables`. */
  readonly firewall: string;
  readonly kernel_version: string;
  /** By name, `true` or `false`; such as `idmapped_mounts`. */
  readonly kernel_features?: StringMap | null;
  readonly os_name: string;
  readonly os_version: string;
  readonly project: string;
  /** Drivers that are in use, and their versions, with bars in between. */
  readonly storage: string;
  readonly storage_version: string;
}

/** The host's hardware (`GET /1.0/resources`), the parts that this client names. */
export interface HostResources {
  /** `total` counts threads. */
  readonly cpu: { readonly architecture: string; readonly total: number };
  /** Bytes. */
  readonly memory: { readonly used: number; readonly total: number };
  /** How many tasks ran or were to run, on average; not told before `resources_load`. */
  readonly load?: { readonly Average1Min: number };
  readonly gpu: { readonly cards: readonly GraphicsCard[] };
}

/** A graphics card by its names in `/dev/dri` and `/dev`, as far as it has drivers there. */
export interface GraphicsCard {
  readonly drm?: {
    readonly id: number;
    readonly card_name: string;
    readonly control_name?: string;
    readonly render_name?: string;
  };
  readonly nvidia?: { readonly card_name: string };
  /** As the kernel writes it, e.g. `0000:00:02.0`. */
  readonly pci_address?: string;
  /** Four hexadecimal digits, as is the next. */
  readonly vendor_id?: string;
  readonly product_id?: string;
}

export interface StoragePool {
  readonly name: string;
  readonly driver: string;
  readonly status: string;
  readonly description: string;
  readonly config: StringMap;
}

/** Bytes and inodes of a storage pool (`GET /1.0/storage-pools/{name}/resources`). */
export interface StoragePoolResources {
  readonly space: { readonly used: number; readonly total: number };
  readonly inodes: { readonly used: number; readonly total: number };
}

/** A certificate to trust (`POST /1.0/certificates`). */
export interface CertificatesPost {
  readonly name: string;
  /** PEM text. */
  readonly certificate: string;
  /** Confines it to `projects`. */
  readonly restricted?: boolean;
  readonly projects?: readonly string[];
  readonly description?: string;
}

/** A certificate that is trusted (`GET /1.0/certificates`). */
export interface Certificate {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** PEM text. */
  readonly certificate: string;
  /** SHA-256 of the DER form, lower-case hex. */
  readonly fingerprint: string;
  readonly restricted: boolean;
  readonly projects: readonly string[];
}
