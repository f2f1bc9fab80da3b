import { findAgent } from '../execute/base/agent-package.js';
import { baseDigest, recipeDigest } from '../execute/base/digest.js';
import { findSourceImage } from '../execute/base/source-image.js';
import type { ExecutorParts, PoolParts } from '../execute/parts.js';
import { backoffMs } from '../lib/backoff.js';
import type { Reading } from '../model/observed.js';

/** How often image, scripts and agent version are looked at anew. */
const LOOK_AGAIN_MS = 3_600_000;
const BACKOFF = { firstMs: 5_000, longestMs: 300_000 };

/** Which base each pool's configuration asks for: a name made of the digest of everything that shapes it. */
export class WantedBases {
  readonly #parts: ExecutorParts;
  readonly #owner: string;
  readonly #readings = new Map<string, Reading<string>>();

  constructor(parts: ExecutorParts, owner: string) {
    this.#parts = parts;
    this.#owner = owner;
  }

  get readings(): ReadonlyMap<string, Reading<string>> {
    return this.#readings;
  }

  /** Looks again and again until the signal aborts, and rings each time. */
  async follow(ring: () => void, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      const known = await this.resolve(signal);
      if (signal.aborted) return;
      ring();
      failures = known ? 0 : failures + 1;
      const pauseMs = known ? LOOK_AGAIN_MS : backoffMs(failures, Math.random(), BACKOFF);
      await this.#parts.clock.sleep(pauseMs, signal).catch(() => {});
    }
  }

  /** Looks once at every pool; tells whether all of them are known now. */
  async resolve(signal: AbortSignal): Promise<boolean> {
    const at = this.#parts.clock.now();
    for (const [name, pool] of this.#parts.pools)
      try {
        this.#readings.set(name, { known: true, value: await this.#nameOf(pool, signal), at });
      } catch (error) {
        if (signal.aborted) return false;
        const before = this.#readings.get(name);
        const since = before?.known === false ? before.since : at;
        this.#readings.set(name, {
          known: false,
          error: error instanceof Error ? error.message : String(error),
          since,
        });
      }
    return [...this.#readings.values()].every(reading => reading.known);
  }

  async #nameOf({ spec, azure }: PoolParts, signal: AbortSignal): Promise<string> {
    const { base } = spec;
    const image = await findSourceImage(this.#parts.incus, base.image, { signal });
    const agent = await findAgent(base.agent, azure, this.#parts.architecture, signal);
    const digest = baseDigest({
      image: image.identity,
      scripts: base.provisionScripts.map(script => script.content),
      agentVersion: agent.version,
      agentSha256: agent.sha256,
      docker: base.docker,
      tmpfsSizeBytes: base.tmpfsSizeBytes,
      recipeDigest: recipeDigest(),
    });
    return `iap-base-${this.#owner}-${digest}`;
  }
}
