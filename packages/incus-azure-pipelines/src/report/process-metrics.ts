import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * The distribution of the loop's delays needs a timer that runs out every 10 ms, which costs more than all else that the
 * daemon does at rest; with a slower one the figures would tell of the timer. The lag at the scrape stays.
 */
const COSTLY = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  name => `nodejs_eventloop_lag_${name}_seconds`,
);
const SELDOM_MS = 3_600_000;

/** Registers the usual metrics of the process and of Node, as far as they cost nothing between two scrapes. */
export function countProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: SELDOM_MS });
  for (const name of COSTLY) registry.removeSingleMetric(name);
}
