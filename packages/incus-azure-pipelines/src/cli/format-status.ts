import { ago, howOften, lasting } from '../lib/times.js';
import { numbersOf } from '../report/request-numbers.js';
import { sayPlaceholder } from '../report/say-placeholder.js';
import { sayStandby } from '../report/say-standby.js';
import type { StatusDocument } from '../report/status-document.js';
import { hostLine } from './host-line.js';
import { storageLine } from './storage-line.js';
import { table } from './table.js';

type Pool = StatusDocument['pools'][number];

/** The status as a person reads it at `now` (epoch ms), on a terminal of `width` columns or, without, of any. */
export function formatStatus(status: StatusDocument, now: number, width?: number): string {
  const lines: string[] = [];
  const { incus } = status;
  if (incus.readable) lines.push(`Incus is read without a break for ${lasting(now - incus.since)}\n`);
  else lines.push(`Incus cannot be read since ${ago(incus.since, now)}: ${incus.error}\n`);
  lines.push(`Looked ${ago(status.at, now)}\n`, ...configurationLines(status.configuration, now), '\n');
  if (status.storage !== undefined) lines.push(`${storageLine(status.storage)}\n`);
  if (status.host !== undefined) lines.push(hostLine(status.host, now));
  const { unwrittenEnds } = status;
  if (unwrittenEnds !== undefined) lines.push(unwrittenLine(unwrittenEnds, now));
  for (const pool of status.pools) lines.push(...poolLines(pool, now), ...agentLines(pool, now, width));
  for (const pool of status.removed) {
    lines.push(`${pool.name} (not in the configuration any more): ${pool.fate}\n`);
    lines.push(...agentLines(pool, now, width));
  }
  return lines.join('');
}

function* configurationLines(configuration: StatusDocument['configuration'], now: number): Generator<string> {
  if (configuration === undefined) return;
  const { file, refused, takenAt } = configuration;
  yield `Configuration ${file} as it was ${ago(takenAt, now)}\n`;
  if (refused === undefined) return;
  yield `  refused ${ago(refused.at, now)}, the old one goes on:\n`;
  for (const line of refused.why.split('\n')) yield `    ${line}\n`;
}

function unwrittenLine({ count, error, lastAt }: NonNullable<StatusDocument['unwrittenEnds']>, now: number): string {
  const whose = count === 1 ? 'The end of an agent' : `The ends of ${count} agents`;
  return `${whose} could not be written down, the last ${ago(lastAt, now)}: ${error}\n`;
}

function* poolLines(pool: Pool, now: number): Generator<string> {
  const { azure, base, generation } = pool;
  const listening = pool.listening === 0 ? '' : `, ${pool.listening} listening`;
  const reserve = `${pool.prepared} prepared${listening}, ${pool.preparing} preparing`;
  const numbers = `${pool.live} of ${pool.agentCount} agents, ${reserve}`;
  yield `${pool.name} (agent pool "${pool.agentPool}"): ${numbers}${pool.drained ? ', draining' : ''}\n`;
  yield `  wants: ${pool.wants}\n`;
  if (pool.hours !== undefined) yield `  standby: ${sayStandby(pool.hours, now)}\n`;
  yield `  registration: ${pool.registration}\n`;
  if (azure.readable) yield `  Azure is read without a break for ${lasting(now - azure.since)}\n`;
  else yield `  Azure cannot be read since ${ago(azure.since, now)}: ${azure.error}\n`;
  if (pool.tokenRefusedSince !== undefined)
    yield `  the token is refused since ${ago(pool.tokenRefusedSince, now)}; the one before it is used as long as it is good\n`;
  if (pool.tokenExpiresAt !== undefined) yield* expiryLine(pool.tokenExpiresAt - now);
  if (base !== undefined) yield `  base: ${base}${generation === undefined ? ', not built' : facts(generation, now)}\n`;
  if (pool.tries !== undefined) yield `  tries base ${pool.tries} with one agent; the others are of an older one\n`;
  if (pool.waiting !== undefined) yield `  waits: ${pool.waiting}\n`;
  if (pool.queue?.unread !== undefined)
    yield `  the queue cannot be read since ${ago(pool.queue.unread.since, now)}: ${pool.queue.unread.error}\n`;
  if (pool.placeholder !== undefined) yield `  placeholder: ${sayPlaceholder(pool.placeholder)}\n`;
  for (const { requests, why } of pool.queue?.waiting ?? [])
    yield `  ${requests.length} queued (${numbersOf(requests)}): ${why}\n`;
  for (const { action, on, reason } of pool.decided) yield `  now: ${action} ${on}, because: ${reason}\n`;
}

/** What is far away is no news. */
const EXPIRES_SOON_MS = 30 * 86_400_000;

function* expiryLine(leftMs: number): Generator<string> {
  if (leftMs <= 0) yield `  the token has expired ${lasting(-leftMs)} ago, as the configuration says\n`;
  else if (leftMs < EXPIRES_SOON_MS) yield `  the token expires in ${lasting(leftMs)}, as the configuration says\n`;
}

function facts({ agentVersion, builtAt, checkedAt, proven }: NonNullable<Pool['generation']>, now: number): string {
  const known = proven ? 'known to work' : 'not known to work yet';
  const agent = agentVersion === '' ? '' : `, agent ${agentVersion}`;
  return `${agent}, built ${ago(builtAt, now)}, the newest as of ${ago(checkedAt, now)}, ${known}`;
}

function* agentLines(
  { agents, backingOff, underWay }: StatusDocument['removed'][number] | Pool,
  now: number,
  width: number | undefined,
): Generator<string> {
  for (const { action, failures, retryAt, error } of backingOff)
    yield `  ${action} failed ${howOften(failures)}, again in ${lasting(retryAt - now)}: ${error}\n`;
  const rows = agents.map(agent => [
    agent.name,
    `${agent.phase}${agent.contract === undefined ? '' : ` (contract ${agent.contract || 'unknown'})`}${agent.drained ? ', drained' : ''}`,
    ago(agent.since, now),
    `${agent.job ?? ''}${agent.endsAt === undefined ? '' : ` (runs too long, is ended in ${lasting(agent.endsAt - now)})`}`,
    agent.createdAt === undefined ? '' : lasting(now - agent.createdAt),
    agent.base?.split('-').at(-1) ?? '',
    agent.usage === undefined ? '' : mebibytes(agent.usage.memoryBytes),
    agent.usage === undefined ? '' : lasting(agent.usage.cpuMs),
    underWay.find(action => action.on === agent.name)?.action ?? '',
  ]);
  if (rows.length > 0) yield `\n${table(HEAD, rows, width)}`;
  yield '\n';
}

const HEAD = ['agent', 'phase', 'since', 'job', 'age', 'base', 'memory', 'cpu', 'under way'];

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
