import type { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { type LastStatus, makersFor } from './metric-makers.js';

/** Source: RFC 6585. */
const TOO_MANY = 429;

/** Counts the calls to both systems, and keeps what Azure says of token and rate with its answers: it is asked for neither. */
export function countCalls(events: Events<DaemonEvents>, status: LastStatus, registry: Registry): void {
  const { counter, histogram, scraped } = makersFor(registry);
  const calls = histogram(
    'iap_call_duration_seconds',
    ['to', 'route', 'status'],
    'Calls to Incus and Azure, by route and status; `none` where no answer came.',
  );
  /** What was told last, by pool. Of one that is not in force, or not any more, nobody is to be alarmed. */
  const latest = (name: string, help: string) => {
    const values = new Map<string, number>();
    scraped(name, ['pool'], help, metric => {
      const pools = status()?.pools.map(pool => pool.name) ?? [...values.keys()];
      for (const pool of pools) {
        const value = values.get(pool);
        if (value !== undefined) metric.set({ pool }, value);
      }
    });
    return values;
  };
  const accepted = latest(
    'iap_token_accepted',
    'Whether Azure took the token with its last answer that tells: 1 or 0.',
  );
  const left = latest(
    'iap_azure_rate_limit_remaining',
    'Units that Azure grants until its window is fresh again; there only while Azure tells, which it does as they run out.',
  );
  const limit = latest('iap_azure_rate_limit', 'Units that Azure grants in a window; there only while it tells.');
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
    if (azure.accepted !== undefined) accepted.set(pool, Number(azure.accepted));
    throttled.inc({ pool }, Number(code === TOO_MANY));
    delays.inc({ pool }, Math.max(rateLimit?.delayMs ?? 0, 0) / 1000);
    for (const [values, value] of [
      [left, rateLimit?.remaining],
      [limit, rateLimit?.limit],
    ] as const)
      if (value === undefined) values.delete(pool);
      else values.set(pool, value);
  });
}
