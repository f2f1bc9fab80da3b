import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { countProcess } from './process-metrics.js';

test('the process tells its memory, its time on the cores, and the lag of its loop at the scrape alone', async () => {
  const registry = new Registry();
  countProcess(registry);
  const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_seconds',
    ]),
  );
  expect(names.filter(name => name.startsWith('nodejs_eventloop_lag_'))).toEqual(['nodejs_eventloop_lag_seconds']);
});
