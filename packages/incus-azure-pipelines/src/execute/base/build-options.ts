import type { DeviceMap, IncusClient } from 'incus-client';
import type { Fittings } from '../../model/fittings.js';
import type { BaseSpec } from '../../model/pool.js';
import type { StorageFacts } from '../../model/storage.js';
import type { GuestProxy } from '../guest/way-out.js';
import type { Isolation } from '../isolation.js';
import type { AgentPackage } from './agent-package.js';
import type { SourceImage } from './source-image.js';
import type { Steps } from './steps.js';

export interface BuildBaseOptions {
  readonly client: IncusClient;
  readonly spec: BaseSpec;
  readonly fittings?: Fittings | undefined;
  /** Where it lies and which network it is on, where that is not as the default profile has it. */
  readonly devices?: DeviceMap;
  readonly image: SourceImage;
  /** Name of the instance that becomes the base. */
  readonly base: string;
  /** Keys that say whose it is; `MARKS`. State and agent version are added here. */
  readonly marks: Readonly<Record<string, string>>;
  /** The agent to install; undefined for a source that keeps the guest contract already, which is checked. */
  readonly agent: PackedAgent | undefined;
  readonly isolation: Isolation;
  /** The steps that {@link buildSteps} counts are told here, and each line that is printed inside. */
  readonly steps: Steps;
  readonly signal: AbortSignal;
  /** Where it is known and cannot copy on write, the cost of a copy is measured. */
  readonly storage: StorageFacts | undefined;
  /** What the recipe and the provision scripts reach servers by. */
  readonly proxy?: GuestProxy | undefined;
}

/** An agent package on this machine; it is checked once more while it is unpacked. */
export interface PackedAgent extends Pick<AgentPackage, 'sha256' | 'version'> {
  readonly path: string;
}
