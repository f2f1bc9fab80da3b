/** Goes through everything that this program relies on, with agents that it makes and takes back. */
import { type KeyObject, randomBytes } from 'node:crypto';
import { type AzurePipelinesClient, ignoreNotFound, isAzurePipelinesError, normaliseUrl } from 'azure-pipelines-client';
import { KeyStock } from '../execute/registration/key-stock.js';
import type { Clock } from '../lib/clock.js';
import type { Identity } from '../lib/identity/identity.js';
import { UserError } from '../lib/user-error.js';
import type { WayOut } from '../lib/way-out.js';
import type { OnProgress } from '../model/progress.js';
import { usableAgentPool } from '../observe/usable-agent-pool.js';
import { askAgents } from './ask-agents.js';
import { askEnd } from './ask-end.js';
import { askJob } from './ask-job.js';
import { askPool, askServer } from './ask-server.js';
import { askSessions } from './ask-sessions.js';
import { askTokens } from './ask-tokens.js';
import type { RawExchange, Recording } from './exchange.js';
import { redacted } from './redact.js';
import { type Known, serverAt } from './redact-url.js';
import { Talk } from './talk.js';
import { tellJobsLeft } from './tell-jobs-left.js';
import { Wire } from './wire.js';

export interface Where {
  readonly url: string;
  /** An agent pool that may be tried things with. */
  readonly agentPool: string;
  readonly identity: Identity;
  /** Whether the pool may have agents of others, which are left alone. */
  readonly besideOthers: boolean;
  /** How long to wait for a job that is queued for this, in a pool that has none; zero for not at all. */
  readonly awaitJobMs: number;
  readonly clock: Clock;
  /** The way to the server; straight when left out. */
  readonly wayOut?: WayOut;
  /** How an agent's key is made, where not anew. */
  readonly makeKey?: () => Promise<KeyObject>;
}

export interface Conversation {
  readonly recording: Recording;
  /** What was not asked, and why. */
  readonly unasked: readonly string[];
  /** For a last look at what must be in no recording; secret. */
  readonly raw: readonly RawExchange[];
  readonly tokens: readonly string[];
  readonly known: Known;
}

/** Names of agents that a conversation makes: of a grammar of their own, which no daemon takes for its own. */
const OURS = /^contract-check-[0-9a-f]{12}-\d$/i;
const CLEANING_MS = 15_000;

const STAGES: readonly (readonly [title: string, stage: (talk: Talk) => Promise<void>])[] = [
  ['finding the way', askServer],
  ['the agent pool', askPool],
  ['registrations', askAgents],
  ["an agent's token", askTokens],
  ['sessions and messages, which takes a minute', askSessions],
  ['a job', askJob],
  ['the end of an agent', askEnd],
];

/**
 * Has the whole conversation. What it registered is deleted again, also when it is aborted or fails.
 *
 * @throws UserError for a pool that is not to be touched; AzurePipelinesError when it cannot be found; the reason of an abort;
 *   an error that names what is left, where something is.
 */
export async function converse(where: Where, signal: AbortSignal, onProgress: OnProgress): Promise<Conversation> {
  const { agentPool, clock } = where;
  const startedAt = clock.now();
  const { identity, wayOut } = where;
  await using wire = new Wire({ url: normaliseUrl(where.url), identity, wayOut, now: () => clock.now() });
  const client = wire.unrecorded();
  const poolId = await usableAgentPool(client, agentPool, signal);
  await refuseOthers(client, poolId, where, signal);
  if (where.awaitJobMs > 0) await refuseQueue(client, poolId, where, signal);
  const hosted = /\bhosted\b/i.test((await client.connectionData({ signal })).deploymentType ?? '');
  await using keys = new KeyStock({ clock, ...(where.makeKey === undefined ? {} : { make: where.makeKey }) });
  const agentPrefix = `contract-check-${randomBytes(6).toString('hex')}-`;
  const talk = new Talk({
    wire,
    agentPool,
    poolId,
    hosted,
    agentPrefix,
    takeKey: until => keys.take(until),
    now: () => clock.now(),
    sleep: (ms, until) => clock.sleep(ms, until),
    awaitJobMs: where.awaitJobMs,
    onWait: text => onProgress({ kind: 'line', text }),
    signal,
  });
  let unasked: readonly string[];
  try {
    unasked = await throughStages(talk, onProgress);
  } finally {
    if (where.awaitJobMs > 0) await tellJobsLeft(client, poolId, agentPrefix, onProgress);
    await takeBack(client, poolId, agentPrefix);
  }
  const known = { url: wire.url, agentPool, agentPrefix };
  // Of polls that were repeated, the last one counts.
  const exchanges = redacted([...new Map(wire.exchanges.map(raw => [raw.step, raw])).values()], known, startedAt);
  const recording: Recording = { format: 1, server: serverAt(wire.url), notes: talk.notes, exchanges };
  return { recording, unasked, raw: wire.exchanges, tokens: [...wire.tokens], known };
}

async function throughStages(talk: Talk, onProgress: OnProgress): Promise<readonly string[]> {
  const unasked: string[] = [];
  const stages = STAGES.filter(([, stage]) => stage !== askJob || talk.options.awaitJobMs > 0);
  for (const [index, [text, stage]] of stages.entries()) {
    onProgress({ kind: 'step', text, step: index + 1, of: stages.length });
    try {
      await stage(talk);
    } catch (error) {
      if (talk.signal.aborted) throw error instanceof UserError ? error : talk.signal.reason;
      unasked.push(`${text}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return unasked;
}

async function refuseOthers(
  client: AzurePipelinesClient,
  poolId: number,
  { agentPool, besideOthers }: Where,
  signal: AbortSignal,
): Promise<void> {
  if (besideOthers) return;
  const names = (await client.agents.list(poolId, { signal })).map(({ name }) => name);
  if (names.length === 0) return;
  const few = names
    .slice(0, 3)
    .map(name => `"${name}"`)
    .join(', ');
  const what = `agent pool "${agentPool}" has ${names.length === 1 ? 'an agent' : `${names.length} agents`}: ${few}${names.length > 3 ? ', ...' : ''}`;
  throw new UserError(
    names.every(name => OURS.test(name))
      ? `${what}, left by a call that was killed, or of one that still runs; delete them in Azure once none runs`
      : `${what}; name an empty one that is there for this, or say --beside-others, and they are left alone`,
  );
}

/** No job of anybody is to come to an agent that waits for one. */
async function refuseQueue(
  client: AzurePipelinesClient,
  poolId: number,
  { agentPool, besideOthers }: Where,
  signal: AbortSignal,
): Promise<void> {
  const why = 'an agent that waits for a job could be given that of somebody';
  if (besideOthers)
    throw new UserError(`--await-job wants a pool without agents of others: ${why}; leave out --beside-others`);
  const { length } = await client.jobRequests.listUnfinished(poolId, { signal });
  if (length > 0)
    throw new UserError(
      `agent pool "${agentPool}" has ${length === 1 ? 'a job' : `${length} jobs`} already, and ${why}; name one that is there for this, or leave out --await-job`,
    );
}

/** Deletes all that this conversation has made, also what was made without an answer. Nobody's signal ends it. */
async function takeBack(client: AzurePipelinesClient, poolId: number, agentPrefix: string): Promise<void> {
  const options = { deadlineMs: CLEANING_MS };
  const ours = async () =>
    (await client.agents.list(poolId, options)).filter(({ name }) => name.toLowerCase().startsWith(agentPrefix));
  try {
    const refusals: unknown[] = [];
    for (const { id } of await ours())
      await ignoreNotFound(client.agents.delete(poolId, id, options)).catch(refusal => refusals.push(refusal));
    if (refusals.length > 0) throw refusals[0];
    const left = await ours();
    if (left.length === 0) return;
    throw new Error(`Azure still shows ${left.map(({ name }) => name).join(', ')}`);
  } catch (cause) {
    if (!isAzurePipelinesError(cause) && !(cause instanceof Error)) throw cause;
    throw new UserError(
      `take back the agents "${agentPrefix}...": ${cause.message}; delete them in Azure, under the agents of the pool`,
      { cause },
    );
  }
}
