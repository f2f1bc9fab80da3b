import { Events } from '../src/lib/events.js';
import type { Agent } from '../src/model/agent.js';
import type { DaemonEvents } from '../src/model/event.js';
import type { Observed, Reading } from '../src/model/observed.js';
import type { PoolSpec } from '../src/model/pool.js';
import { plan } from '../src/plan/plan.js';
import { makeMetrics } from '../src/report/metrics.js';
import { statusOf } from '../src/report/status.js';
import { anObserved, aPool, known, NOW } from './simulation/examples.js';

/** The metrics of a pool, of two agents unless another is given, apart from a daemon: events and passes go in, lines come out. */
export class MetricsBench {
  readonly events = new Events<DaemonEvents>(error => {
    throw error;
  });
  readonly #desired: readonly PoolSpec[];
  #status: ReturnType<typeof statusOf> | undefined;
  /** How often the status was asked for. */
  asked = 0;
  readonly #registry = makeMetrics(
    this.events,
    () => {
      this.asked += 1;
      return this.#status;
    },
    async () => 3,
  );

  constructor(pool = aPool({ agentCount: 2 })) {
    this.#desired = [pool];
  }

  /** A pass at `NOW` and so many ms sees these agents. */
  pass(
    afterMs: number,
    agents: readonly Agent[],
    given: Partial<Observed> = {},
    azure: Reading<unknown> = known([]),
  ): void {
    const at = NOW + afterMs;
    const observed = anObserved(agents, given);
    const decided = plan(this.#desired, observed, at, { maxConcurrentCreates: 1 });
    this.#status = statusOf(this.#desired, { at, observed, plan: decided, nextAt: at + 60_000 }, () => azure);
    this.events.emit('pass-ended', { at });
  }

  /** All lines of the metrics of ours whose names begin so, buckets left out. */
  async lines(beginning: string): Promise<readonly string[]> {
    const text = await this.#registry.metrics();
    return text.split('\n').filter(line => line.startsWith(beginning) && !line.includes('_bucket{'));
  }

  /** The value of one series, as a scrape gives it; undefined where it is not there. */
  async metric(series: string): Promise<number | undefined> {
    const text = await this.#registry.metrics();
    const line = text.split('\n').find(found => found.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length));
  }
}
