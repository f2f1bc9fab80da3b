import type { Registry } from 'prom-client';
import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { failureReason } from './failure-reason.js';
import { type LastStatus, makersFor } from './metric-makers.js';
import type { PoolStatus, RemovedPoolStatus } from './status-document.js';

/** Counts what the daemon does, and what of it fails. A creation is the action `create-instance`. */
export function countActions(events: Events<DaemonEvents>, status: LastStatus, registry: Registry): void {
  const { counter, longHistogram, scraped } = makersFor(registry);
  const actions = counter(
    'iap_actions_total',
    ['pool', 'action', 'outcome'],
    'Actions that ended, by kind and outcome; `create-instance` is a creation.',
  );
  const durations = longHistogram('iap_action_duration_seconds', ['action'], 'How long actions took that succeeded.');
  const failures = counter(
    'iap_action_failures_total',
    ['pool', 'action', 'reason'],
    'Actions that failed, by reason: the kind of the call to Incus or Azure that failed, the stage of a build, or that the storage is full.',
  );
  events.on('action-ended', ({ action, ms }) => {
    actions.inc({ pool: action.pool, action: action.kind, outcome: 'done' });
    durations.observe({ action: action.kind }, ms / 1000);
  });
  events.on('action-failed', ({ action, error }) => {
    actions.inc({ pool: action.pool, action: action.kind, outcome: 'failed' });
    failures.inc({ pool: action.pool, action: action.kind, reason: failureReason(error) });
  });
  scraped(
    'iap_actions_under_way',
    ['pool', 'action'],
    'Actions that run, or whose effect no reading shows yet.',
    gauge => {
      for (const { name, underWay } of everyPool(status))
        for (const { action } of underWay) gauge.inc({ pool: name, action });
    },
  );
  scraped(
    'iap_consecutive_failures',
    ['pool', 'action'],
    'How often in a row an action has failed that waits for its next try, of several the most; beside actions `prepare-instance` and `register-agent`, which guests do, and `try-base`.',
    gauge => {
      for (const { backingOff, name } of everyPool(status))
        for (const action of new Set(backingOff.map(failure => failure.action))) {
          const counts = backingOff.filter(failure => failure.action === action).map(failure => failure.failures);
          gauge.set({ pool: name, action }, Math.max(...counts));
        }
    },
  );
}

function everyPool(status: LastStatus): readonly (PoolStatus | RemovedPoolStatus)[] {
  const document = status();
  return [...(document?.pools ?? []), ...(document?.removed ?? [])];
}
