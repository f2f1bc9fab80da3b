/** What ends by itself when nobody says anything for too long. */
import { cancelRequest, finishRequest } from './requests.js';
import { dropSession } from './sessions.js';
import type { JobRequest, Session, State } from './state.js';
import type { World } from './world.js';

/** An end that comes at `at` (ms since the epoch) unless something happens before. */
export type Lapse =
  | { readonly kind: 'session'; readonly at: number; readonly session: Session }
  | { readonly kind: 'lock' | 'job-timeout' | 'cancellation'; readonly at: number; readonly request: JobRequest };

/** Lists all ends in sight, soonest first. A session does not lapse while a poll is open. */
export function lapses(state: State, sessionLapseMs: number): readonly Lapse[] {
  const found: Lapse[] = [];
  for (const session of state.sessions.values()) {
    if (session.openPolls === 0) found.push({ kind: 'session', at: session.lastPollAt + sessionLapseMs, session });
  }
  for (const request of state.requests.values()) {
    if (request.result !== undefined || request.agentId === undefined) continue;
    if (request.lockedUntil !== undefined) found.push({ kind: 'lock', at: request.lockedUntil, request });
    if (request.cancelDeadlineAt !== undefined) {
      found.push({ kind: 'cancellation', at: request.cancelDeadlineAt, request });
    } else if (request.receivedAt !== undefined && request.timeoutMs !== undefined) {
      found.push({ kind: 'job-timeout', at: request.receivedAt + request.timeoutMs, request });
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Brings about every end whose time has come. */
export function applyLapses(world: World): void {
  for (const lapse of lapses(world.state, world.settings.sessionLapseMs)) {
    if (lapse.at > world.clock.now()) return;
    switch (lapse.kind) {
      case 'session':
        dropSession(world, lapse.session);
        break;
      case 'lock':
        abandon(world, lapse.request);
        break;
      case 'job-timeout':
        cancelRequest(world, lapse.request, timeoutMessage(lapse.request));
        break;
      case 'cancellation':
        finishRequest(world, lapse.request, 'canceled', lapse.request.message);
        break;
    }
  }
}

function abandon(world: World, request: JobRequest): void {
  const message = `We stopped hearing from agent ${request.agentName}. Verify the agent machine is running.`;
  finishRequest(world, request, request.cancelDeadlineAt === undefined ? 'abandoned' : 'canceled', message);
}

function timeoutMessage(request: JobRequest): string {
  return `The job running on agent ${request.agentName} ran longer than ${(request.timeoutMs ?? 0) / 60_000} minutes.`;
}
