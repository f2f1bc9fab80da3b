import type { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { type LastStatus, makersFor } from './metric-makers.js';

/** Source: RFC 6585. */
const TOO_MANY = 429;

/** Counts the calls to both systems, and keeps what Azure says of token and rate with its answers: it is asked for neither. */
export function countCalls(events: Events<DaemonEvents>, status: LastStatus, registry: Registry): void {
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
  const throttled = counter(
    'iap_azure_throttled_total',
    ['pool'],
    'Calls that Azure has refused because they were too many (status 429).',
  );
  // To Prometheus nothing has happened where a counter begins with what happened first.
  events.on('pass-ended', () => {
    for (const { name } of status()?.pools ?? []) throttled.inc({ pool: name }, 0);
  });
  events.on('call', ({ azure, ms, route, status: code, to }) => {
    calls.observe({ to, route, status: code === undefined ? 'none' : String(code) }, ms / 1000);
    if (azure === undefined || code === undefined) return;
    const { pool, rateLimit } = azure;
    if (azure.accepted !== undefined) accepted.set({ pool }, Number(azure.accepted));
    throttled.inc({ pool }, Number(code === TOO_MANY));
    delays.inc({ pool }, Math.max(rateLimit?.delayMs ?? 0, 0) / 1000);
    for (const [metric, value] of [
      [left, rateLimit?.remaining],
      [limit, rateLimit?.limit],
    ] as const)
      if (value === undefined) metric.remove({ pool });
      else metric.set({ pool }, value);
  });
}
