import { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { countActions } from './action-metrics.js';
import { countAgents } from './agent-metrics.js';
import { countCalls } from './call-metrics.js';
import type { LastStatus } from './metric-makers.js';
import { countProcess } from './process-metrics.js';
import { countSlots } from './slot-metrics.js';
import { type CountDeaths, tellStatus } from './status-metrics.js';
import { tellTroubles } from './trouble-metrics.js';

/**
 * Prometheus metrics, fed by events and, at a scrape, by the last status: a scrape calls neither Incus nor Azure. Labels are
 * pools of the configuration and words of our own; never the name of an agent or a job.
 */
export function makeMetrics(events: Events<DaemonEvents>, status: LastStatus, countDeaths: CountDeaths): Registry {
  const registry = new Registry();
  let seen: ReturnType<LastStatus>;
  // Before all others that hear of the pass, and want to know what it saw.
  events.on('pass-ended', () => {
    seen = status();
  });
  const last = () => seen ?? status();
  countProcess(registry);
  tellStatus(events, last, countDeaths, registry);
  tellTroubles(events, last, registry);
  countAgents(events, last, registry);
  countActions(events, last, registry);
  countCalls(events, last, registry);
  countSlots(events, last, registry);
  return registry;
}
