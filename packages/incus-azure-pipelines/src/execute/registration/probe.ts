/** Finds out whether a server takes agents that the host has registered, by going the whole way with one that never works. */
import { connectAzurePipelines, ignoreNotFound, isAzurePipelinesError } from 'azure-pipelines-client';
import type { AgentIdentity } from './agent-files.js';
import type { KeyStock } from './key-stock.js';
import { proveUnused } from './prove-unused.js';
import { MissingAuthorizationError, type RegistrationTarget, registerAgent } from './register.js';
import { SessionKeyError, unwrapSessionKey } from './session-key.js';
import { AssertionRefusedError, agentToken } from './token.js';

/** The steps that a server may refuse. */
type RefusableStep = 'registration with a key' | 'token for an assertion' | 'session';

export type ProbeOutcome =
  | { readonly kind: 'accepted' }
  /** The server said no in its own words: asking again would bring the same answer. */
  | { readonly kind: 'refused'; readonly step: RefusableStep; readonly why: string }
  /** No yes and no no: a time-out, throttling, a failing server, clocks that differ, a token that may not register. */
  | { readonly kind: 'unclear'; readonly why: string; readonly retryAfterMs: number | undefined };

export interface ProbeParts {
  readonly keys: KeyStock;
  /** Epoch ms. */
  readonly now: () => number;
  /** Whether it is enough to know that the server gives agents an identity of their own. */
  readonly onlyRegister?: boolean;
  /** Hears who the agent is, whatever becomes of it then. */
  readonly onRegistered?: (identity: AgentIdentity) => void;
}

/** Higher than any release, so that no server wants to replace the agent by a newer one. */
const VERSION = '99.999.9';
/** What is left when this is not enough is an orphan of ours, which the loop deletes. */
const CLEANING_MS = 10_000;

/**
 * Registers an agent under `name`, disabled; reads it back as disabled and without a job; only then lets it sign in and
 * open a session; and deletes it. No step makes an agent that Azure could give a job to.
 *
 * @throws MissingAuthorizationError when the server knows no keys of agents; the reason of an abort.
 */
export async function probe(
  target: RegistrationTarget,
  name: string,
  parts: ProbeParts,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  let step: RefusableStep | undefined;
  try {
    const key = await parts.keys.take(signal);
    step = 'registration with a key';
    // Without a capability but its name it satisfies no job's demands by accident.
    const agent = { name, version: VERSION, enabled: false, systemCapabilities: { 'Agent.Name': name } };
    const identity = await registerAgent(target, agent, key, signal);
    await using _removal = { [Symbol.asyncDispose]: () => remove(target, identity) };
    parts.onRegistered?.(identity);
    if (parts.onlyRegister) return { kind: 'accepted' };
    step = undefined;
    await proveUnused(target, identity, signal);
    step = 'token for an assertion';
    const { dispatcher } = target.client;
    const token = await agentToken(identity, parts.now(), signal, dispatcher);
    step = 'session';
    await openAndClose(identity, token.reveal(), dispatcher, signal);
    return { kind: 'accepted' };
  } catch (error) {
    if (signal.aborted || error instanceof MissingAuthorizationError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    if (step !== undefined && isRefusal(error, step)) return { kind: 'refused', step, why };
    return { kind: 'unclear', why, retryAfterMs: isAzurePipelinesError(error) ? error.retryAfterMs : undefined };
  }
}

async function openAndClose(
  identity: AgentIdentity,
  token: string,
  dispatcher: RegistrationTarget['client']['dispatcher'],
  signal: AbortSignal,
): Promise<void> {
  const { agentId: id, agentName: name, poolId, serverUrl, key } = identity;
  const auth = { kind: 'bearer', token: () => Promise.resolve(token) } as const;
  await using asAgent = connectAzurePipelines({ url: serverUrl, auth, userAgent: 'incus-azure-pipelines', dispatcher });
  const session = await asAgent.sessions.open(
    poolId,
    { ownerName: name, agent: { id, name, version: VERSION } },
    { signal },
  );
  await ignoreNotFound(asAgent.sessions.close(poolId, session.sessionId, { signal }));
  if (session.encryptionKey !== undefined) unwrapSessionKey(session.encryptionKey, key);
}

async function remove({ client, poolId }: RegistrationTarget, { agentId }: AgentIdentity): Promise<void> {
  // Also when the daemon stops, hence no signal of the caller's; a failure leaves an orphan, which is found by its name.
  await client.agents.delete(poolId, agentId, { deadlineMs: CLEANING_MS }).catch(() => {});
}

/** The server's own words, which its client quotes at the end of a message. */
const QUOTED = / \("(.*)"\)/s;
/** A server that does not want a key says so; another fault of the request has other words. */
const NAMES_KEYS = /\bpublic ?keys?\b|\bkeys?\b|\bauthorization\b|\brsa\b|\bmodulus\b|\bexponent\b/i;

/**
 * Whether the server refused in so many words. What carries none of its own error names may come from something
 * between; 401, 403 to our own token, 404, 408 and 429 are about other things than keys.
 */
function isRefusal(error: unknown, step: RefusableStep): boolean {
  switch (step) {
    case 'registration with a key':
      return isAzurePipelinesError(error, 'invalid') && error.typeKey !== undefined && namesKeys(error.message);
    case 'token for an assertion':
      return error instanceof AssertionRefusedError;
    case 'session':
      if (error instanceof SessionKeyError) return true;
      return (
        (isAzurePipelinesError(error, 'invalid') || isAzurePipelinesError(error, 'forbidden')) &&
        error.typeKey !== undefined
      );
  }
}

function namesKeys(message: string): boolean {
  return NAMES_KEYS.test(QUOTED.exec(message)?.[1] ?? '');
}
