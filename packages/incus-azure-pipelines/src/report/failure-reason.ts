import { BaseBuildError } from '../execute/base/base-build-error.js';

/** An error of one of the clients: its kind is one of a dozen words of theirs. */
const CLIENTS: ReadonlyMap<string, string> = new Map([
  ['AzurePipelinesError', 'azure'],
  ['IncusError', 'incus'],
]);
/** An error that holds itself as its cause has no end. */
const DEEPEST = 8;

/**
 * Why an action failed, as one of few words to count by: `storage-full`, `build-provision` for the stage of a base, or
 * `azure-throttled` and `incus-busy` for the kind of the call that failed, else `other`. Never text from outside.
 */
export function failureReason(error: unknown): string {
  let reason = 'other';
  let cause = error;
  for (let depth = 0; depth < DEEPEST && cause instanceof Error; depth += 1) {
    if (/the storage pool is full/.test(cause.message)) return 'storage-full';
    if (cause instanceof BaseBuildError) return `build-${cause.stage}`;
    const client = CLIENTS.get(cause.name);
    if (client !== undefined && 'kind' in cause) reason = `${client}-${String(cause.kind)}`;
    cause = cause.cause;
  }
  return reason;
}
