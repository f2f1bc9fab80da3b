import type { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { makersFor } from './metric-makers.js';

/** Counts the calls to both systems, and keeps what Azure says of token and rate with its answers: it is asked for neither. */
export function countCalls(events: Events<DaemonEvents>, registry: Registry): void {
  const { counter, gauge, histogram } = makersFor(registry);
  const calls = histogram(
    'iap_call_duration_seconds',
    ['to', 'route', 'status'],
    'Calls to Incus and Azure, by route and status; `none` where no answer came.',
  );
  const accepted = gauge(
    'iap_token_accepted',
    ['pool'],
    'Whether Azure took the token with its last answer that tells: 1 or 0.',
  );
  const left = gauge(
    'iap_azure_rate_limit_remaining',
    ['pool'],
    'Units that Azure grants until its window is fresh again; there only while Azure tells, which it does as they run out.',
  );
  const limit = gauge(
    'iap_azure_rate_limit',
    ['pool'],
    'Units that Azure grants in a window; there only while it tells.',
  );
  const delays = counter(
    'iap_azure_rate_limit_delay_seconds_total',
    ['pool'],
    'For how long Azure has held calls back because they were too many.',
  );
  events.on('call', ({ azure, ms, route, status, to }) => {
    calls.observe({ to, route, status: status === undefined ? 'none' : String(status) }, ms / 1000);
    if (azure === undefined || status === undefined) return;
    const { pool, rateLimit } = azure;
    if (azure.accepted !== undefined) accepted.set({ pool }, Number(azure.accepted));
    delays.inc({ pool }, Math.max(rateLimit?.delayMs ?? 0, 0) / 1000);
    for (const [metric, value] of [
      [left, rateLimit?.remaining],
      [limit, rateLimit?.limit],
    ] as const)
      if (value === undefined) metric.remove({ pool });
      else metric.set({ pool }, value);
  });
}
