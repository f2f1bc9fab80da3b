import type { ExecutorParts, PoolParts } from '../execute/parts.js';
import { type ProbeOutcome, probe } from '../execute/registration/probe.js';
import { MissingAuthorizationError } from '../execute/registration/register.js';
import { backoffMs } from '../lib/backoff.js';
import { isHostPool, rememberHostPool } from '../lib/host-pools.js';
import type { Installation } from '../lib/installation.js';
import { agentName, PROBE_PREFIX } from '../model/agent-name.js';
import type { RegistrationMode } from '../model/observed.js';
import { azureKey } from '../model/pool.js';

const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };
/** Keys for more than a minute of the shortest jobs, so that few are made while every core is needed. */
const KEYS_PER_AGENT = 32;
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
 * Who registers each pool's agents. Each agent pool in Azure is asked once, by a probe. With `auto` only a server that
 * refuses in so many words makes it the guest, and never once the host was accepted there. With `guest` the probe is
 * about the server alone: no guest is given the token before it is known that the server gives agents an identity.
 */
export class RegistrationModes {
  readonly #parts: RegistrationModesParts;
  readonly #modes = new Map<string, RegistrationMode>();
  /** By pool: what its mode was settled for; another agent pool, or another wish, has to be asked about anew. */
  readonly #settledFor = new Map<string, string>();
  /** Of the last probe: two that begin together need names of their own. */
  #birthAt = 0;

  constructor(parts: RegistrationModesParts) {
    this.#parts = parts;
    this.takePools();
  }

  /** The pools may be others, or ask for something else, from now on; what is settled stays so. To be followed anew then. */
  takePools(): void {
    for (const known of [this.#modes, this.#settledFor])
      for (const name of known.keys()) if (!this.#parts.pools.has(name)) known.delete(name);
    for (const [name, pool] of this.#parts.pools)
      if (!this.#isSettled(pool)) this.#modes.set(name, byHost(pool) ? { kind: 'host' } : NOT_ASKED);
  }

  /** By pool. */
  get modes(): ReadonlyMap<string, RegistrationMode> {
    return this.#modes;
  }

  /** Who registers the agents of this pool. */
  of(pool: string): RegistrationMode {
    return this.#modes.get(pool) ?? NOT_ASKED;
  }

  /**
   * Takes over what the configuration says and what is remembered of earlier daemons, and asks nobody: enough for a look.
   *
   * @throws UserError when that cannot be read.
   */
  async recall(): Promise<void> {
    for (const [name, pool] of this.#parts.pools)
      if (byGuest(pool)) this.#modes.set(name, { kind: 'guest' });
      else if (await isHostPool(this.#parts.installation, azureKey(pool.spec.azure)))
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
      if (this.#isSettled(pool)) continue;
      // Those whose guests register need less of the server, and so do not wait for what the others ask.
      const key = `${azureKey(pool.spec.azure)} ${byGuest(pool)}`;
      groups.set(key, [...(groups.get(key) ?? []), pool]);
    }
    this.#stock();
    await Promise.all([...groups.values()].map(pools => this.#settle(pools, ring, signal)));
  }

  async #settle(pools: readonly Pool[], ring: () => void, signal: AbortSignal): Promise<void> {
    for (let attempts = 1; ; attempts++) {
      const outcome = await this.#ask(pools, signal);
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
  async #ask(pools: readonly Pool[], signal: AbortSignal): Promise<ProbeOutcome> {
    const { clock, installation, keys } = this.#parts;
    const [pool] = pools;
    if (pool === undefined) return { kind: 'accepted' };
    const key = azureKey(pool.spec.azure);
    const onlyRegister = byGuest(pool);
    // Not asked again where it fails: only a person can mend the state directory.
    const isRemembered = await isHostPool(installation, key);
    try {
      const target = await pool.registrationTarget(signal);
      if (isRemembered) return { kind: 'accepted' };
      this.#birthAt = Math.max(this.#birthAt + 1, clock.now());
      const name = agentName(PROBE_PREFIX, installation.owner, this.#birthAt);
      const outcome = await probe(target, name, { keys, now: () => clock.now(), onlyRegister }, signal);
      if (outcome.kind === 'accepted' && !onlyRegister) await rememberHostPool(installation, key);
      return outcome;
    } catch (error) {
      if (error instanceof MissingAuthorizationError) throw error;
      return { kind: 'unclear', why: error instanceof Error ? error.message : String(error), retryAfterMs: undefined };
    }
  }

  #isSettled(pool: Pool): boolean {
    return this.#settledFor.get(pool.spec.name) === questionOf(pool);
  }

  #conclude(pools: readonly Pool[], outcome: Exclude<ProbeOutcome, { kind: 'unclear' }>): void {
    const refusal = outcome.kind === 'refused' ? { step: outcome.step, why: outcome.why } : undefined;
    const by = (registration: string) => pools.filter(({ spec }) => spec.registration === registration);
    this.#choose(by('guest'), { kind: 'guest' });
    this.#choose(by('auto'), { kind: refusal ? 'guest' : 'host' }, refusal);
    this.#choose(by('host'), { kind: 'host' }, refusal);
    for (const pool of pools) this.#settledFor.set(pool.spec.name, questionOf(pool));
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
    // All agents of a pool may end at once; its reserve is no more than they are, where it needs keys at all.
    const agents = byHost.reduce((sum, { spec }) => sum + spec.agentCount, 0);
    this.#parts.keys.keep({ always: agents, atRest: KEYS_PER_AGENT * agents });
  }
}

function byGuest({ spec }: Pool): boolean {
  return spec.registration === 'guest';
}

function byHost({ spec }: Pool): boolean {
  return spec.registration === 'host';
}

function questionOf({ spec }: Pool): string {
  return `${azureKey(spec.azure)} ${spec.registration}`;
}
