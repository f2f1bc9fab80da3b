import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { StatusDocument } from './status-document.js';

/** Seconds; from a call over the local socket to the build of a base. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** Seconds; from an agent that is replaced at once to a job of some hours. */
const LONG_BUCKETS = [0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400];

/** The last pass; undefined before the first one. */
export type LastStatus = () => StatusDocument | undefined;

/** Makes metrics that belong to one registry. */
export function makersFor(registry: Registry) {
  const registers = [registry];
  return {
    counter: <L extends string>(name: string, labelNames: readonly L[], help: string) =>
      new Counter<L>({ name, help, labelNames: [...labelNames], registers }),
    histogram: <L extends string>(name: string, labelNames: readonly L[], help: string) =>
      new Histogram<L>({ name, help, labelNames: [...labelNames], buckets: BUCKETS, registers }),
    longHistogram: <L extends string>(name: string, labelNames: readonly L[], help: string) =>
      new Histogram<L>({ name, help, labelNames: [...labelNames], buckets: LONG_BUCKETS, registers }),
    gauge: <L extends string>(name: string, labelNames: readonly L[], help: string) =>
      new Gauge<L>({ name, help, labelNames: [...labelNames], registers }),
    /** One that is read anew at each scrape; what `collect` does not set is not there. */
    scraped: <L extends string>(
      name: string,
      labelNames: readonly L[],
      help: string,
      collect: (gauge: Gauge<L>) => void | Promise<void>,
    ) =>
      new Gauge<L>({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        async collect() {
          this.reset();
          // A gauge without labels begins as a zero, which nobody has measured.
          if (labelNames.length === 0) this.remove();
          await collect(this);
        },
      }),
  };
}
