/** How each fault answers. */
import type { Socket } from 'node:net';
import { AzureError, errorResponse } from './errors.js';
import type { Fault } from './faults.js';
import { addRateLimit, signInPage, signInRedirect, throttled, unauthorized } from './refusals.js';
import type { World } from './world.js';

/** The connection that a fault may hold or cut. */
export interface Line {
  readonly signal: AbortSignal;
  /** Absent in process, where nothing can be cut. */
  readonly socket: Socket | undefined;
}

/** An answer; `counted` is false for one that its caller never gets. */
export interface GivenAnswer {
  readonly response: Response;
  readonly counted: boolean;
}

/** Lets a fault strike; `usual` gives the answer without it, and is called when the fault lets the call take effect. */
export async function strike(
  fault: Fault,
  world: World,
  line: Line,
  usual: () => Promise<GivenAnswer>,
): Promise<GivenAnswer> {
  const retryAfterS = fault.retryAfterS ?? 5;
  if (fault.kind === 'latency') {
    await world.clock.sleep(fault.delayMs ?? 1000, line.signal).catch(() => undefined);
    return usual();
  }
  if (fault.kind === 'rate-limited') {
    const given = await usual();
    addRateLimit(given.response.headers, retryAfterS, world.clock.now());
    return given;
  }
  if (fault.applied === true) await usual();
  switch (fault.kind) {
    case 'unauthorized':
      return given(unauthorized(world.publicUrl, 'TF400813: The token in use has expired or was revoked.'));
    case 'sign-in-page':
      return given(signInPage());
    case 'redirect':
      return given(signInRedirect(world.publicUrl));
    case 'throttled':
      return given(throttled(retryAfterS, world.clock.now()));
    case 'not-found':
      return given(failure(404, 'The resource cannot be found.'));
    case 'server-error':
      return given(failure(fault.status ?? 500, 'TF400898: An internal error occurred.'));
    case 'garbage':
      return given(new Response('{"count": 1, "value": [{', { headers: { 'Content-Type': 'application/json' } }));
    case 'hang':
      await aborted(line.signal);
      return { response: failure(503, 'The emulator closes.'), counted: false };
    case 'cut':
      line.socket?.destroy();
      return { response: failure(503, 'The connection was cut.'), counted: false };
  }
}

function given(response: Response): GivenAnswer {
  return { response, counted: true };
}

function failure(status: number, message: string): Response {
  return errorResponse(new AzureError(status, 'VssServiceException', message));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
