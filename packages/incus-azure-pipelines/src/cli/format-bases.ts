import { howOften } from '../lib/times.js';
import type { BasesDocument } from '../report/bases-document.js';
import { table } from './table.js';

/** The bases as a person reads them at `now` (epoch ms), on a terminal of `width` columns or, without, of any. */
export function formatBases({ bases, unknown }: BasesDocument, now: number, width?: number): string {
  const rows = bases.map(base => [
    base.name,
    base.progress?.kind === 'step' ? `building ${base.progress.step}/${base.progress.of}` : base.state,
    base.agentVersion ?? '',
    base.createdAt === undefined ? '' : daysAgo(base.createdAt, now),
    base.state === 'ready' ? (base.proven ? 'yes' : 'not yet') : '',
    base.uses.length === 0 ? 'not needed' : base.uses.join(', '),
  ]);
  const lines =
    rows.length === 0
      ? ['There is no base.\n']
      : [table(['base', 'state', 'agent', 'built', 'proven', 'use'], rows, width)];
  for (const { name, failure } of bases)
    if (failure !== undefined) lines.push(`\n${name} failed ${howOften(failure.failures)}: ${failure.error}\n`);
  for (const [pool, why] of Object.entries(unknown)) lines.push(`\n${pool}: the base cannot be named yet: ${why}\n`);
  return lines.join('');
}

function daysAgo(at: number, now: number): string {
  const hours = Math.floor(Math.max(0, now - at) / 3_600_000);
  return hours < 48 ? `${hours}h ago` : `${Math.floor(hours / 24)}d ago`;
}
