import { type CallCounts, totalOf } from '../call-counts.js';
import type { Holdings } from '../processes.js';
import type { Figure } from '../report/outcome.js';
import { seconds } from '../report/words.js';
import { idleCallsFigure } from './incus-calls.js';

const MANY = 32;
const MOST_CPU_MS = 500;
const MOST_MIB = 90;
const MOST_CALLS_TO_AZURE = 12;

/** What a daemon needed in a minute in which nothing happened. */
export interface IdleMinute {
  readonly agentCount: number;
  readonly cpuMs: number;
  readonly residentBytes: number;
  /** The least that it held at any moment; what a single call opens is not held. */
  readonly held: Holdings;
  readonly toAzure: number;
  readonly toIncus: CallCounts;
}

/** What idle minutes at different numbers of agents come to: some figures by themselves, the others beside each other. */
export function idleFigures(minutes: readonly IdleMinute[]): readonly Figure[] {
  const counts = minutes.map(({ agentCount }) => agentCount).join(', ');
  const across = { floor: '', ratio: undefined };
  const [sockets, children] = [minutes.map(({ held }) => held.sockets), minutes.map(({ held }) => held.children)];
  const toAzure = minutes.map(minute => minute.toAzure);
  const toIncus = minutes.map(minute => Math.round(totalOf(minute.toIncus)));
  const most = minutes.at(-1);
  return [
    ...minutes.flatMap(ownFigures),
    {
      figure: `daemon: sockets held with ${counts} idle agents`,
      measured: sockets.join(', '),
      ...across,
      goal: 'none per agent: the same number (± 1 that a client keeps for its next call)',
      isMet: areAlike(sockets),
    },
    {
      figure: `daemon: child processes with ${counts} idle agents`,
      measured: children.join(', '),
      ...across,
      goal: 'none',
      isMet: children.every(count => count === 0),
    },
    {
      figure: `calls to Azure per minute and pool, ${counts} idle agents`,
      measured: toAzure.join(', '),
      ...across,
      goal: `the same number (± 1 at the ends of the minute), ≤ ${MOST_CALLS_TO_AZURE}`,
      isMet: areAlike(toAzure) && Math.max(...toAzure) <= MOST_CALLS_TO_AZURE,
    },
    {
      figure: `calls to Incus per minute, ${counts} idle agents`,
      measured: toIncus.join(', '),
      ...across,
      goal: 'the same number (± 1 at the ends of the minute)',
      isMet: areAlike(toIncus),
    },
    ...(most ? [idleCallsFigure(`per minute, ${most.agentCount} idle agents`, most.toIncus)] : []),
  ];
}

function ownFigures({ agentCount, cpuMs, residentBytes }: IdleMinute): readonly Figure[] {
  const mib = residentBytes / 1024 ** 2;
  const plain = { floor: '', ratio: undefined };
  const many = agentCount === MANY;
  return [
    {
      figure: `daemon: CPU over 60 s, ${agentCount} idle agents`,
      measured: seconds(cpuMs),
      ...plain,
      goal: many ? `≤ ${MOST_CPU_MS / 1000} s` : '',
      isMet: many ? cpuMs <= MOST_CPU_MS : undefined,
    },
    {
      figure: `daemon: resident memory, ${agentCount} idle agents`,
      measured: `${mib.toFixed(0)} MiB`,
      ...plain,
      goal: many ? `≤ ${MOST_MIB} MiB` : '',
      isMet: many ? mib <= MOST_MIB : undefined,
    },
  ];
}

function areAlike(counts: readonly number[]): boolean {
  return Math.max(...counts) - Math.min(...counts) <= 1;
}
