import { type CallOptions, withDeadline } from './deadline.js';
import { IncusError, isIncusError, refusal } from './errors.js';
import { type OperationProgress, progressOf } from './progress.js';
import type { Exchange, Transport } from './request.js';
import type { Scope } from './scope.js';
import { type Operation, operationId, operationStatus } from './wire/operation.js';

export interface WaitOptions extends CallOptions {
  readonly onProgress?: ((progress: OperationProgress) => void) | undefined;
}

/**
 * How a wait ended. `gone`: the daemon no longer knows the operation (five seconds after its end, or after a restart),
 * so only the resource itself can tell how it went.
 */
export type WaitOutcome = { readonly kind: 'success'; readonly operation: Operation } | { readonly kind: 'gone' };

const progressIntervalS = 1;

/** Makes a call that starts an operation and waits for its success, all under one deadline. */
export async function runOperation(
  scope: Scope,
  exchange: Exchange,
  options: WaitOptions | undefined,
  defaultMs: number,
): Promise<Operation> {
  return await withDeadline(exchange.tried, options, defaultMs, async signal => {
    const { envelope } = await scope.transport.call<Operation>(exchange, signal);
    if (envelope.type === 'sync') {
      throw new IncusError('failed', `${exchange.tried}: the daemon started no operation`);
    }
    return await succeeded(scope.transport, exchange.tried, envelope.operation, signal, options?.onProgress);
  });
}

/** Waits for an operation and takes `gone` for a failure that leaves the outcome open. */
export async function succeeded(
  transport: Transport,
  tried: string,
  operation: string,
  signal: AbortSignal,
  onProgress?: (progress: OperationProgress) => void,
): Promise<Operation> {
  const outcome = await waitForOperation(transport, tried, operation, signal, onProgress);
  if (outcome.kind === 'success') return outcome.operation;
  throw new IncusError('unavailable', `${tried}: the daemon forgot the operation; look at the object for the outcome`);
}

/**
 * Waits until an operation, given by id or URL, has ended.
 *
 * The daemon answers 200 in every case. A failure comes as an error envelope from 6.0.4, as a sync envelope with a
 * failed operation from later releases; the end of the wait itself looks the same in both families. So whatever is not
 * clearly an end is looked up once more, and the operation's own status decides.
 *
 * @throws IncusError when the operation failed or was cancelled.
 */
export async function waitForOperation(
  transport: Transport,
  tried: string,
  operation: string,
  signal: AbortSignal,
  onProgress?: (progress: OperationProgress) => void,
): Promise<WaitOutcome> {
  const id = operationId(operation);
  const get = { tried, method: 'GET', names: { id } } as const;
  const wait = { ...get, route: '/1.0/operations/{id}/wait', query: onProgress ? { timeout: progressIntervalS } : {} };
  let shown = '';
  for (;;) {
    let current = await known<Operation>(transport, wait, signal);
    if (current === 'undecided') {
      current = await known<Operation>(transport, { ...get, route: '/1.0/operations/{id}' }, signal);
    }
    if (current === 'gone' || current === 'undecided') return { kind: 'gone' };
    const progress = onProgress && progressOf(current);
    if (progress && progress.text !== shown) {
      shown = progress.text;
      onProgress(progress);
    }
    if (current.status_code === operationStatus.success) return { kind: 'success', operation: current };
    if (current.status_code > operationStatus.success) throw operationFailure(tried, current);
  }
}

function operationFailure(tried: string, operation: Operation): IncusError {
  // The status of an operation is no HTTP status: 400 means failed, whatever the reason.
  if (operation.status_code === operationStatus.cancelled) {
    return new IncusError('failed', `${tried}: the operation was cancelled`);
  }
  return refusal(tried, operation.err);
}

async function known<T>(
  transport: Transport,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<T | 'gone' | 'undecided'> {
  try {
    return (await transport.call<T>(exchange, signal)).envelope.metadata;
  } catch (error) {
    if (!isIncusError(error)) throw error;
    if (error.status === 404 && error.message.endsWith('Operation not found')) return 'gone';
    // Equality, because a guest that ignores its shutdown fails with a longer text that ends the same way.
    if (error.message === `${exchange.tried}: context deadline exceeded`) return 'undecided';
    throw error;
  }
}
