import type { Paint } from './paint.js';
import { cell, cut, duration, plain } from './text.js';
import {
  type AgentView,
  elapsedOf,
  type JobState,
  type JobView,
  lastLineOf,
  resultOf,
  stateOf,
  type View,
} from './view.js';

/** Cells of a terminal that a block may fill. */
export interface BlockSize {
  readonly columns: number;
  readonly rows: number;
}

const indent = '  ';
const nameWidth = 21;
const stateWidth = 16;
const timeWidth = 7;
const signs: Readonly<Record<JobState, string>> = {
  'to come': ' ',
  queued: '·',
  assigned: '·',
  running: '▸',
  right: '✓',
  wrong: '✗',
};
const colours = {
  'to come': 'gray',
  queued: 'gray',
  assigned: 'yellow',
  running: 'yellow',
  right: 'green',
  wrong: 'red',
} as const;

/** Draws agents and jobs as lines that fit: too long ones end in an ellipsis, and jobs long done make room first. */
export function renderBlock(view: View, size: BlockSize, paint: Paint): string[] {
  const agents = [
    heading('Agents', countsOf(view.agents.map(agent => agent.phase)), size, paint),
    ...view.agents.map(agent => agentLine(agent, view, size, paint)),
  ];
  const jobs = fitting(view.jobs, size.rows - agents.length - 2);
  const states = view.jobs.map(job => wordFor(stateOf(job)));
  return [
    ...agents,
    '',
    heading('Jobs', countsOf(states), size, paint),
    ...(jobs.hidden > 0 ? [paint('gray', cut(`${indent}(${jobs.hidden} more)`, size.columns))] : []),
    ...jobs.shown.map(job => jobLine(job, view.now, size, paint)),
  ].slice(0, Math.max(0, size.rows));
}

function heading(title: string, counts: string, { columns }: BlockSize, paint: Paint): string {
  return `${paint('bold', title.padEnd(8))}${cut(counts, columns - 8)}`;
}

function agentLine(agent: AgentView, view: View, { columns }: BlockSize, paint: Paint): string {
  const held = view.jobs.find(({ record }) => record?.agentName === agent.name && record.result === undefined);
  const name = cell(agent.name, nameWidth + 2);
  const phase = cell(agent.phase, stateWidth);
  const time = cell(duration(view.now - agent.since), timeWidth, 'right');
  const left = `${indent}${name} ${paint(colourOf(agent.phase), phase)}${time}  `;
  const taken = indent.length + name.length + 1 + phase.length + time.length + 2;
  return `${left}${cut(held?.job.name ?? '', columns - taken)}`.trimEnd();
}

function jobLine(job: JobView, now: number, { columns }: BlockSize, paint: Paint): string {
  const state = stateOf(job);
  const elapsed = elapsedOf(job, now);
  const name = cell(job.job.name, nameWidth);
  const result = cell(resultOf(job), stateWidth);
  const time = cell(elapsed === undefined ? '' : duration(elapsed), timeWidth, 'right');
  const taken = indent.length + 2 + name.length + 1 + result.length + time.length + 2;
  const line = cut(plain(lastLineOf(job)), columns - taken);
  const painted = `${paint(colours[state], signs[state])} ${name} ${paint(colours[state], result)}${time}`;
  return `${indent}${painted}  ${paint('gray', line)}`.trimEnd();
}

/** Chooses the jobs to be shown: all, or else those that have not ended and the latest of the others, in their order. */
function fitting(jobs: readonly JobView[], rows: number): { shown: readonly JobView[]; hidden: number } {
  if (jobs.length <= rows) return { shown: jobs, hidden: 0 };
  const surplus = Math.min(jobs.length, jobs.length - rows + 1);
  const ended = jobs.filter(job => job.record?.result !== undefined);
  const dropped = new Set([...ended, ...jobs.filter(job => !ended.includes(job)).toReversed()].slice(0, surplus));
  return { shown: jobs.filter(job => !dropped.has(job)), hidden: dropped.size };
}

/** Counts words in the order in which they first come: `2 busy · 1 idle`. */
function countsOf(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(' · ');
}

function wordFor(state: JobState): string {
  return state === 'right' ? 'ended as meant' : state === 'wrong' ? 'ended otherwise' : state;
}

function colourOf(phase: string): 'green' | 'yellow' | 'cyan' | 'gray' {
  if (phase === 'busy') return 'yellow';
  if (phase === 'idle') return 'green';
  return phase === 'prepared' ? 'cyan' : 'gray';
}
