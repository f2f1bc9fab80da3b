import { expect, test } from 'vitest';
import { publishedWaitsIn } from './published-waits.js';

test('what the daemon publishes of waiting jobs is read from its metrics', () => {
  const metrics = [
    'iap_job_wait_seconds{quantile="0.5",pool="linux"} 0.25',
    'iap_job_wait_seconds{quantile="0.99",pool="linux"} 1.5',
    'iap_job_wait_seconds_sum{pool="linux"} 4',
    'iap_job_wait_seconds_count{pool="linux"} 12',
  ].join('\n');
  expect(publishedWaitsIn(metrics)).toEqual({ count: 12, p50Ms: 250, p99Ms: 1_500 });
});

test('before the first job nothing was published', () => {
  expect(publishedWaitsIn('up 1\n')).toEqual({ count: 0, p50Ms: 0, p99Ms: 0 });
});
