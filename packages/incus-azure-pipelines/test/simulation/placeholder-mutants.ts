import type { Action } from '../../src/model/action.js';
import { placeholderOwner } from '../../src/model/placeholder.js';
import { plan } from '../../src/plan/plan.js';
import type { Planner } from './promises.js';

/** Bugs that have to do with placeholders, by what each does. */
export const forPlaceholders: Readonly<Record<string, Planner>> = {
  'does not make a placeholder again': without(
    action => action.kind === 'keep-placeholder' && action.agentId === undefined,
  ),
  'lets a placeholder be as people have left it': without(
    action => action.kind === 'keep-placeholder' && action.agentId !== undefined,
  ),
  'leaves placeholders that no pool wants': without(action => action.kind === 'remove-placeholder'),
  'takes a placeholder for an orphan': (desired, observed, now, options) => {
    const real = plan(desired, observed, now, options);
    const pool = desired[0]?.name ?? '';
    const orphans = [...observed.placeholders].flatMap(([agentPool, reading]) =>
      (reading.known ? reading.value : []).map(
        ({ agentId, name }): Action => ({
          kind: 'delete-registration',
          pool,
          name,
          agentId,
          agentPool,
          reason: 'orphan',
        }),
      ),
    );
    return { ...real, actions: [...real.actions, ...orphans] };
  },
  'counts a placeholder as an agent': (desired, observed, now, options) => {
    const isThere = [...observed.placeholders.values()].some(
      reading => reading.known && reading.value.some(({ name }) => placeholderOwner(name) !== undefined),
    );
    const fewer = desired.map(spec => ({ ...spec, agentCount: Math.max(0, spec.agentCount - 1) }));
    return plan(isThere ? fewer : desired, observed, now, options);
  },
};

function without(isLeftOut: (action: Action) => boolean): Planner {
  return (desired, observed, now, options) => {
    const real = plan(desired, observed, now, options);
    return { ...real, actions: real.actions.filter(action => !isLeftOut(action)) };
  };
}
