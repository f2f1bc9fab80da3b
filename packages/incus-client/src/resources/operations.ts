import { type CallOptions, deadlines, withDeadline } from '../deadline.js';
import { callFor, type Scope } from '../scope.js';
import { type WaitOptions, type WaitOutcome, waitForOperation } from '../wait.js';
import type { Operation } from '../wire/operation.js';

/** Background operations: `/1.0/operations`. An operation is forgotten five seconds after its end. */
export interface Operations {
  list(options?: CallOptions & { readonly allProjects?: boolean }): Promise<readonly Operation[]>;
  get(id: string, options?: CallOptions): Promise<Operation>;
  /** Waits for the end; an operation that fails or is cancelled throws. Takes an id or an operation's URL. */
  wait(id: string, options?: WaitOptions): Promise<WaitOutcome>;
  /** Asks for an end. Few operations can be cancelled; the others are refused as `invalid`. */
  cancel(id: string, options?: CallOptions): Promise<void>;
}

export function makeOperations(scope: Scope): Operations {
  const one = { route: '/1.0/operations/{id}' };
  return {
    async list(options) {
      const query = options?.allProjects ? { 'all-projects': true } : { project: scope.project };
      const byStatus = await callFor<Record<string, Operation[]> | null>(
        scope,
        { tried: 'list operations', method: 'GET', route: '/1.0/operations', query: { ...query, recursion: 1 } },
        options,
      );
      return Object.values(byStatus ?? {}).flat();
    },
    async get(id, options) {
      return await callFor(scope, { ...one, tried: `get operation ${id}`, method: 'GET', names: { id } }, options);
    },
    async wait(id, options) {
      const tried = `wait for operation ${id}`;
      return await withDeadline(tried, options, deadlines.operationMs, signal =>
        waitForOperation(scope.transport, tried, id, signal, options?.onProgress),
      );
    },
    async cancel(id, options) {
      await callFor(scope, { ...one, tried: `cancel operation ${id}`, method: 'DELETE', names: { id } }, options);
    },
  };
}
