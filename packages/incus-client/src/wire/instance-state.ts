import type { Instance } from './instance.js';

/** What an instance uses at this moment (`GET /1.0/instances/{name}/state`). */
export interface InstanceState {
  readonly status: string;
  readonly status_code: number;
  /** Of the guest's init on the host; 0 when stopped. */
  readonly pid: number;
  readonly processes: number;
  readonly started_at: string;
  /** `usage` is in nanoseconds since the start; `allocated_time` in nanoseconds per second of wall time. */
  readonly cpu: { readonly usage: number; readonly allocated_time: number };
  /** Bytes; `total` is the limit, or the host's memory. */
  readonly memory: {
    readonly usage: number;
    readonly usage_peak: number;
    readonly total: number;
    readonly swap_usage: number;
    readonly swap_usage_peak: number;
  };
  /** Bytes by device; `total` is the quota, 0 without one. */
  readonly disk: Readonly<Record<string, { readonly usage: number; readonly total: number }>>;
  /** By interface name in the guest; empty when stopped. */
  readonly network: Readonly<Record<string, InstanceStateNetwork>>;
}

export interface InstanceStateNetwork {
  readonly addresses: readonly {
    readonly family: 'inet' | 'inet6';
    readonly address: string;
    readonly netmask: string;
    readonly scope: 'global' | 'link' | 'local';
  }[];
  readonly counters: Readonly<Record<string, number>>;
  readonly hwaddr: string;
  readonly host_name: string;
  readonly mtu: number;
  readonly state: string;
  readonly type: string;
}

/** An instance with its state inline (`recursion=2`, which costs the daemon a visit to every running guest). */
export interface InstanceFull extends Instance {
  readonly state: InstanceState;
}

/** Fills in the maps that the daemon sends as `null` for an instance that does not run. */
export function readInstanceState(raw: InstanceState): InstanceState {
  return { ...raw, disk: raw.disk ?? {}, network: raw.network ?? {} };
}
