import type { IncusClient } from 'incus-client';
import type { AllowedTarget, PoolSpec } from '../../model/pool.js';
import type { HostFacts } from '../facts.js';

/** Two throw-away guests that have booted, side by side as agents are, and what is around them. */
export interface ProofScene {
  readonly incus: IncusClient;
  readonly project: string;
  /** Names of the guests. */
  readonly attacker: string;
  readonly victim: string;
  /** The pool whose limits they have. */
  readonly spec: PoolSpec;
  readonly hasDocker: boolean;
  /** The bridge that both are on, by its name on the host of Incus; undefined where the profile does not name it. */
  readonly bridge: string | undefined;
  readonly allow: readonly AllowedTarget[];
  readonly host: HostFacts;
  readonly signal: AbortSignal;
}
