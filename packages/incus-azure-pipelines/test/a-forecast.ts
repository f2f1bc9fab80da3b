import type { Forecast } from '../src/capacity/forecast.js';

/** What a replay with so many agents might bring. */
export function aForecast({ agents, p95Ms }: { readonly agents: number; readonly p95Ms: number }): Forecast {
  return {
    agents,
    standby: agents,
    waits: { p50Ms: 1_000, p95Ms, p99Ms: p95Ms + 500, mostMs: p95Ms + 1_000 },
    idleAgentHours: agents * 1.5,
    busyAgentHours: 10,
    busyShare: 10 / (10 + agents * 1.5),
    spanMs: 3_600_000,
    instances: { mean: agents, most: agents + 1 },
    mostBusy: agents,
    created: 20,
  };
}
