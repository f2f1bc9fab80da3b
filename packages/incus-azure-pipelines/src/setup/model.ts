/** What setup wants in Incus, what it finds there, and the steps between the two; all of it data. */

import type { Inotify } from './inotify.js';

export type Keys = Readonly<Record<string, string>>;
export type Devices = Readonly<Record<string, Keys>>;

/** A rule of an ACL as Incus has it. */
export interface Rule {
  readonly action: 'allow' | 'reject' | 'drop';
  readonly state: 'enabled' | 'disabled' | 'logged';
  readonly description?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly protocol?: 'tcp' | 'udp' | 'icmp4' | 'icmp6';
  readonly destination_port?: string;
}

export interface Acl {
  readonly name: string;
  readonly description: string;
  readonly config: Keys;
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

/** A network or a project. */
export interface Named {
  readonly name: string;
  readonly description: string;
  readonly config: Keys;
}

export interface Profile {
  readonly config: Keys;
  readonly devices: Devices;
}

/** Everything that setup is to make. */
export interface Wish {
  /** Its owner's id, which marks each part as made by this installation. */
  readonly ownerId: string;
  readonly acl: Acl;
  readonly network: Named;
  readonly project: Named;
  /** The project's default profile. */
  readonly profile: Profile;
  /** `address:port` for HTTPS where Incus listens on none. */
  readonly httpsAddress: string;
  /** Name and description of the daemon's certificate in Incus. */
  readonly certificate: { readonly name: string; readonly description: string };
  /** Inotify instances that all guests together need. */
  readonly inotify: number;
  /** What cannot be had, as sentences. */
  readonly remarks: readonly string[];
}

export interface Found {
  readonly acl: Acl | undefined;
  readonly network: Named | undefined;
  readonly project: Named | undefined;
  readonly profile: Profile | undefined;
  /** The server's own keys. */
  readonly server: Keys;
  /** Certificates of clients that Incus trusts. */
  readonly trusted: readonly Trusted[];
  /** Of the daemon's certificate in the state directory, where that is whole and fits Incus; lower-case hex. */
  readonly fingerprint: string | undefined;
  /** Whether any file of it is there. */
  readonly hasFiles: boolean;
  /** How many inotify instances the host gives, and did before setup raised that. */
  readonly inotify: Inotify;
  readonly instances: readonly FoundInstance[];
  readonly images: readonly FoundImage[];
}

interface Trusted {
  readonly fingerprint: string;
  readonly description: string;
  readonly restricted: boolean;
  readonly projects: readonly string[];
}

interface FoundInstance {
  readonly name: string;
  readonly config: Keys;
}

interface FoundImage {
  readonly fingerprint: string;
  /** Whether Incus fetched it by itself, for an instance. */
  readonly cached: boolean;
}

/** One deed. */
export type Step =
  | { readonly kind: 'make-acl' | 'change-acl'; readonly acl: Acl }
  | { readonly kind: 'make-network' | 'change-network'; readonly network: Named }
  | { readonly kind: 'make-project' | 'change-project'; readonly project: Named }
  | { readonly kind: 'change-profile'; readonly project: string; readonly profile: Profile }
  | { readonly kind: 'set-server-keys'; readonly keys: Keys }
  /** Makes a key and a certificate, and has Incus trust it within the project. */
  | { readonly kind: 'make-certificate'; readonly name: string; readonly description: string; readonly project: string }
  | { readonly kind: 'distrust'; readonly fingerprint: string; readonly name: string }
  | { readonly kind: 'delete-files' }
  | { readonly kind: 'raise-inotify'; readonly from: number; readonly to: number }
  | { readonly kind: 'restore-inotify'; readonly to: number }
  | { readonly kind: 'delete-instance'; readonly project: string; readonly name: string }
  | { readonly kind: 'delete-image'; readonly project: string; readonly fingerprint: string }
  | { readonly kind: 'delete-project' | 'delete-network' | 'delete-acl'; readonly name: string };

/** Why nothing is done. */
export interface Refused {
  readonly kind: 'refused';
  readonly why: string;
}

/** What is to be done, or why nothing is. */
export type SetupPlan =
  | Refused
  | { readonly kind: 'plan'; readonly steps: readonly Step[]; readonly remarks: readonly string[] };
