/** What a pool's guests get beside what the default profile gives; each is left out where nothing is asked for. */
export interface Fittings {
  /** Profiles of the project that come on top of the default one, in order. */
  readonly profiles?: readonly string[];
  /** By name, as Incus takes them; what stands on this host is given by its own path, without links. */
  readonly devices?: Readonly<Record<string, Device>>;
  /** The managed network of the guests, in place of the default profile's. */
  readonly network?: string;
  /** Where bases and instances lie, in place of the default profile's root disk. */
  readonly storagePool?: string;
  readonly limits?: KernelLimits;
  /** Where tasks look for tools and keep them: `AGENT_TOOLSDIRECTORY`. */
  readonly toolFolder?: string;
}

/** A device by its keys, as Incus takes it. */
export type Device = Readonly<Record<string, string>>;

/** Devices of the project's default profile that a request for an instance replaces whole. */
export interface ProfileDevices {
  readonly rootDisk: Device;
  /** Its network device, by its name there. */
  readonly nic: { readonly name: string; readonly device: Device };
}

/** What one process may have. */
export interface KernelLimits {
  /** Open files. */
  readonly nofile?: number;
  /** Bytes of memory that are never swapped out. */
  readonly memlock?: number | 'unlimited';
}

/** The keys of an instance that allow its processes what the limits say. */
export function limitKeys({ limits = {} }: Fittings = {}): Device {
  return Object.fromEntries(Object.entries(limits).map(([name, limit]) => [`limits.kernel.${name}`, String(limit)]));
}

/** What of the fittings is in a base, so that another value of it makes another base. */
export function fittingsOfBase({ network, storagePool, limits, toolFolder }: Fittings = {}): readonly unknown[] {
  const all = [network, storagePool, limits?.nofile, limits?.memlock, toolFolder];
  return all.every(part => part === undefined) ? [] : all.map(part => part ?? '');
}
