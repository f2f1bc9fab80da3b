import type { StringMap } from './instance.js';

export interface Network {
  readonly name: string;
  readonly type: string;
  readonly managed: boolean;
  readonly status: string;
  readonly description: string;
  readonly config: StringMap;
  /** URLs of what uses it: instances, profiles. */
  readonly used_by: readonly string[];
}

/** One address that is given out (`GET /1.0/networks/{name}/leases`). */
export interface NetworkLease {
  readonly hostname: string;
  readonly hwaddr: string;
  readonly address: string;
  /** `dynamic`, `static` or `gateway`, and others. */
  readonly type: string;
}

export interface NetworksPost {
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
  readonly config?: StringMap;
}

/** What `PUT` takes of a network. */
export interface NetworkPut {
  readonly description?: string;
  readonly config: StringMap;
}

/** One rule of an ACL. Rules have no order: those that drop come first, then those that reject, then those that allow. */
export interface NetworkAclRule {
  readonly action: 'allow' | 'reject' | 'drop';
  readonly state: 'enabled' | 'disabled' | 'logged';
  readonly description?: string;
  /** Addresses and subnets with commas in between; any when left out. */
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: 'tcp' | 'udp' | 'icmp4' | 'icmp6';
  /** Ports and ranges of ports with commas in between. */
  readonly destination_port?: string;
}

/** What `PUT` takes of an ACL. */
export interface NetworkAclPut {
  readonly description: string;
  readonly config: StringMap;
  /** What comes to the guests. */
  readonly ingress: readonly NetworkAclRule[];
  /** What comes from the guests. */
  readonly egress: readonly NetworkAclRule[];
}

export interface NetworkAcl extends NetworkAclPut {
  readonly name: string;
}
