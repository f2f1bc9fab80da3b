import type { ExecutorParts, PoolParts } from '../execute/parts.js';
import { type ProbeOutcome, probe } from '../execute/registration/probe.js';
import { MissingAuthorizationError } from '../execute/registration/register.js';
import { backoffMs } from '../lib/backoff.js';
import { isHostPool, rememberHostPool } from '../lib/host-pools.js';
import type { Installation } from '../lib/installation.js';
import { agentName } from '../model/agent-name.js';
import type { RegistrationMode } from '../model/observed.js';
import { azureKey } from '../model/pool.js';

const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };
/** Keys for more than a minute of the shortest jobs, so that none is made while every core is needed. */
const KEYS_PER_AGENT = 32;
/** First part of the names of agents that only try the server; the rest is as in every name of ours. */
const PROBE_PREFIX = 'probe';
const NOT_ASKED: RegistrationMode = {
  kind: 'probing',
  why: 'it is not known yet whether this server takes agents that the host has registered',
};

type Pool = Pick<PoolParts, 'spec' | 'registrationTarget'>;

export interface RegistrationModesParts extends Pick<ExecutorParts, 'keys' | 'clock' | 'emit'> {
  readonly pools: ReadonlyMap<string, Pool>;
  readonly installation: Installation;
  readonly random: () => number;
}

/**
 * Who registers each pool's agents. With `auto` each agent pool in Azure is asked once, by a probe; only a server that
 * refuses in so many words makes it the guest, and never once the host was accepted there.
 */
export class RegistrationModes {
  readonly #parts: RegistrationModesParts;
  readonly #modes = new Map<string, RegistrationMode>();

  constructor(parts: RegistrationModesParts) {
    this.#parts = parts;
    for (const [name, { spec }] of parts.pools)
      this.#modes.set(name, spec.registration === 'auto' ? NOT_ASKED : { kind: spec.registration });
  }

  /** By pool. */
  get modes(): ReadonlyMap<string, RegistrationMode> {
    return this.#modes;
  }

  /** Who registers the agents of this pool. */
  of(pool: string): RegistrationMode {
    return this.#modes.get(pool) ?? NOT_ASKED;
  }

  /** Takes over what is remembered of earlier daemons, and asks nobody. @throws UserError when that cannot be read. */
  async recall(): Promise<void> {
    for (const [name, { spec }] of this.#parts.pools)
      if (this.of(name).kind === 'probing' && (await isHostPool(this.#parts.installation, azureKey(spec.azure))))
        this.#modes.set(name, { kind: 'host' });
  }

  /**
   * Finds out what is not known, and rings when it is.
   *
   * @throws MissingAuthorizationError for a server that is safe in neither mode; UserError when what is remembered of it
   *   cannot be read.
   */
  async follow(ring: () => void, signal: AbortSignal): Promise<void> {
    const groups = new Map<string, Pool[]>();
    for (const pool of this.#parts.pools.values()) {
      if (pool.spec.registration === 'guest') continue;
      const key = azureKey(pool.spec.azure);
      groups.set(key, [...(groups.get(key) ?? []), pool]);
    }
    this.#stock();
    await Promise.all([...groups].map(([key, pools]) => this.#settle(key, pools, ring, signal)));
  }

  async #settle(key: string, pools: readonly Pool[], ring: () => void, signal: AbortSignal): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      const outcome = await this.#ask(key, pools, signal);
      if (signal.aborted) return;
      if (outcome.kind !== 'unclear') this.#conclude(pools, outcome);
      else
        for (const { spec } of pools)
          if (this.of(spec.name).kind === 'probing') this.#modes.set(spec.name, { kind: 'probing', why: outcome.why });
      ring();
      if (outcome.kind !== 'unclear') return;
      const pauseMs = Math.max(outcome.retryAfterMs ?? 0, backoffMs(attempts, this.#parts.random(), BACKOFF));
      await this.#parts.clock.sleep(pauseMs, signal).catch(() => {});
    }
  }

  /** One probe, unless the host was accepted before. That is on disk before anything is built on it. */
  async #ask(key: string, pools: readonly Pool[], signal: AbortSignal): Promise<ProbeOutcome> {
    const { clock, installation, keys } = this.#parts;
    // Not asked again where it fails: only a person can mend the state directory.
    const isRemembered = await isHostPool(installation, key);
    try {
      const targets = await Promise.all(pools.map(pool => pool.registrationTarget(signal)));
      if (targets[0] === undefined || isRemembered) return { kind: 'accepted' };
      const name = agentName(PROBE_PREFIX, installation.owner, clock.now());
      const outcome = await probe(targets[0], name, { keys, now: () => clock.now() }, signal);
      if (outcome.kind === 'accepted') await rememberHostPool(installation, key);
      return outcome;
    } catch (error) {
      if (error instanceof MissingAuthorizationError) throw error;
      return { kind: 'unclear', why: error instanceof Error ? error.message : String(error), retryAfterMs: undefined };
    }
  }

  #conclude(pools: readonly Pool[], outcome: Exclude<ProbeOutcome, { kind: 'unclear' }>): void {
    if (outcome.kind === 'accepted') {
      this.#choose(pools, { kind: 'host' });
      return;
    }
    const { step, why } = outcome;
    this.#choose(
      pools.filter(({ spec }) => spec.registration === 'auto'),
      { kind: 'guest' },
      { step, why },
    );
    this.#choose(
      pools.filter(({ spec }) => spec.registration === 'host'),
      { kind: 'host' },
      { step, why },
    );
  }

  #choose(
    pools: readonly Pool[],
    mode: Exclude<RegistrationMode, { kind: 'probing' }>,
    refusal?: { readonly step: string; readonly why: string },
  ): void {
    if (pools.length === 0) return;
    const names = pools.map(({ spec }) => spec.name);
    for (const name of names) this.#modes.set(name, mode);
    this.#stock();
    this.#parts.emit('registration-chosen', { pools: names, mode: mode.kind, refusal });
  }

  #stock(): void {
    const byHost = [...this.#parts.pools.values()].filter(({ spec }) => this.of(spec.name).kind === 'host');
    this.#parts.keys.keep(KEYS_PER_AGENT * byHost.reduce((sum, { spec }) => sum + spec.agentCount, 0));
  }
}
