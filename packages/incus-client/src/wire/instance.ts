export type StringMap = Readonly<Record<string, string>>;
/** Devices by name; each is a map that carries at least `type`. */
export type DeviceMap = Readonly<Record<string, StringMap>>;

/** An instance as the daemon lists it (`GET /1.0/instances?recursion=1`). */
export interface Instance {
  readonly name: string;
  readonly project: string;
  readonly type: 'container' | 'virtual-machine';
  /** `Running`, `Ready`, `Stopped`, `Frozen`, `Error`, ... */
  readonly status: string;
  /** 102 Stopped, 103 Running, 110 Frozen, 112 Error, 113 Ready. */
  readonly status_code: number;
  /** The cluster member, or `none`. */
  readonly location: string;
  readonly architecture: string;
  readonly description: string;
  readonly config: StringMap;
  readonly expanded_config: StringMap;
  readonly devices: DeviceMap;
  readonly expanded_devices: DeviceMap;
  readonly profiles: readonly string[];
  readonly ephemeral: boolean;
  readonly stateful: boolean;
  readonly created_at: string;
  /** The epoch, or year 1, when never started. */
  readonly last_used_at: string;
}

export type ImageSource = {
  readonly type: 'image';
  readonly alias?: string;
  readonly fingerprint?: string;
  /** The newest image with these properties. */
  readonly properties?: StringMap;
  /** A remote source: `mode: 'pull'`, the server's URL, its protocol, and its PEM certificate when self-signed. */
  readonly mode?: 'pull';
  readonly server?: string;
  readonly protocol?: 'simplestreams' | 'incus';
  readonly certificate?: string;
};

export type CopySource = {
  readonly type: 'copy';
  /** An instance, or `instance/snapshot`. */
  readonly source: string;
  readonly project?: string;
  /** Leaves the snapshots of the source behind. */
  readonly instance_only?: boolean;
  readonly allow_inconsistent?: boolean;
};

export type InstanceSource = ImageSource | CopySource | { readonly type: 'none' };

/** What `POST /1.0/instances` takes. */
export interface InstancesPost {
  readonly name: string;
  readonly source: InstanceSource;
  readonly type?: 'container' | 'virtual-machine';
  readonly ephemeral?: boolean;
  /** Starts it in the same operation. When only that half fails, the instance stays behind, stopped. */
  readonly start?: boolean;
  /** Needed when a copy crosses cluster members. */
  readonly architecture?: string;
  readonly description?: string;
  /** Omitted: those of the image or of the copied instance. Empty: none. */
  readonly profiles?: readonly string[];
  /** On a copy, an empty string drops an inherited key. */
  readonly config?: StringMap;
  /** A device replaces the profile's device of that name whole. */
  readonly devices?: DeviceMap;
}

/** What `PATCH /1.0/instances/{name}` takes: maps are merged by top-level key; an empty string deletes a config key. */
export interface InstancePatch {
  readonly config?: StringMap;
  readonly devices?: DeviceMap;
  readonly ephemeral?: boolean;
  readonly description?: string;
  readonly profiles?: readonly string[];
}

export interface InstanceStatePut {
  readonly action: 'start' | 'stop' | 'restart' | 'freeze' | 'unfreeze';
  /** Kills instead of asking. */
  readonly force?: boolean;
  /** How long a guest may take to obey, in seconds; the daemon's own default is 600. */
  readonly timeoutS?: number;
}

/** Fills in the maps that the daemon sends as `null` (always for instances of an offline cluster member). */
export function readInstance<T extends Instance>(raw: T): T {
  return {
    ...raw,
    config: raw.config ?? {},
    expanded_config: raw.expanded_config ?? {},
    devices: raw.devices ?? {},
    expanded_devices: raw.expanded_devices ?? {},
    profiles: raw.profiles ?? [],
  };
}
