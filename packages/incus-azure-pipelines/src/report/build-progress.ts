import type { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { Progress } from '../model/progress.js';

/** Follows the builds of bases, and tells how far each is; undefined for one that is not being built. */
export function followBuilds(events: Events<DaemonEvents>): (base: string) => Progress | undefined {
  const steps = new Map<string, Progress>();
  events.on('progress', ({ action, progress }) => {
    if (action.kind === 'build-base' && progress.kind === 'step') steps.set(action.base, progress);
  });
  const forget = ({ action }: Pick<DaemonEvents['action-ended'], 'action'>) => {
    if (action.kind === 'build-base') steps.delete(action.base);
  };
  events.on('action-ended', forget);
  events.on('action-failed', forget);
  return base => steps.get(base);
}
