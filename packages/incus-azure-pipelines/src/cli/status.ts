import type { StatusDocument } from '../report/status.js';
import { callDaemon } from './control.js';
import type { Output } from './output.js';
import { storageLine } from './storage-line.js';
import { table } from './table.js';

/** Shows what the daemon saw and decided in its last pass. */
export async function printStatus(
  options: { readonly socket: string; readonly json?: boolean },
  { write }: Output,
): Promise<void> {
  const status = (await callDaemon(options.socket, 'GET', '/status')) as StatusDocument;
  write(options.json ? `${JSON.stringify(status, undefined, 2)}\n` : formatStatus(status, Date.now()));
}

/** The status as a person reads it at `now` (epoch ms). */
export function formatStatus(status: StatusDocument, now: number): string {
  const lines: string[] = [];
  if (!status.incus.readable)
    lines.push(`Incus cannot be read since ${ago(status.incus.since, now)}: ${status.incus.error}\n\n`);
  if (status.storage !== undefined) lines.push(`${storageLine(status.storage)}\n`);
  for (const pool of status.pools) {
    const listening = pool.listening === 0 ? '' : `, ${pool.listening} listening`;
    const reserve = `${pool.prepared} prepared${listening}, ${pool.preparing} preparing`;
    const numbers = `${pool.live} of ${pool.agentCount} agents, ${reserve}`;
    lines.push(`${pool.name} (agent pool "${pool.agentPool}"): ${numbers}${pool.drained ? ', draining' : ''}\n`);
    lines.push(`  registration: ${pool.registration}\n`);
    if (!pool.azure.readable)
      lines.push(`  Azure cannot be read since ${ago(pool.azure.since, now)}: ${pool.azure.error}\n`);
    if (pool.tries !== undefined)
      lines.push(`  tries base ${pool.tries} with one agent; the others are of an older one\n`);
    if (pool.waiting !== undefined) lines.push(`  waits: ${pool.waiting}\n`);
    lines.push(...agentLines(pool, now));
  }
  for (const pool of status.removed) {
    lines.push(`${pool.name} (not in the configuration any more): ${pool.fate}\n`);
    lines.push(...agentLines(pool, now));
  }
  return lines.join('');
}

function* agentLines(
  { agents, backingOff, underWay }: StatusDocument['removed'][number] | StatusDocument['pools'][number],
  now: number,
): Generator<string> {
  for (const { action, failures, retryAt, error } of backingOff)
    yield `  ${action} failed ${failures} times, again in ${seconds(retryAt - now)}: ${error}\n`;
  const rows = agents.map(agent => [
    agent.name,
    `${agent.phase}${agent.contract === undefined ? '' : ` (contract ${agent.contract || 'unknown'})`}${agent.drained ? ', drained' : ''}`,
    ago(agent.since, now),
    `${agent.job ?? ''}${agent.endsAt === undefined ? '' : ` (runs too long, is ended in ${seconds(agent.endsAt - now)})`}`,
    underWay.find(action => action.on === agent.name)?.action ?? '',
  ]);
  if (rows.length > 0) yield `\n${table(['agent', 'phase', 'since', 'job', 'under way'], rows)}`;
  yield '\n';
}

function ago(at: number, now: number): string {
  return at === 0 ? 'the start' : `${seconds(now - at)} ago`;
}

function seconds(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000));
  if (whole < 120) return `${whole}s`;
  return whole < 7200 ? `${Math.round(whole / 60)}m` : `${Math.round(whole / 3600)}h`;
}
