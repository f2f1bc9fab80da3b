import type { JobRecord } from 'azure-pipelines-emulator';
import type { DemoJob } from './jobs.js';

/** What is to be seen at one moment. Instants are epoch ms. */
export interface View {
  readonly now: number;
  readonly agents: readonly AgentView[];
  readonly jobs: readonly JobView[];
}

/** An agent as the daemon tells of it. */
export interface AgentView {
  readonly name: string;
  readonly phase: string;
  readonly since: number;
}

/** A job of the demo, and what the emulator shows of it once it is queued. */
export interface JobView {
  readonly job: DemoJob;
  readonly record: JobRecord | undefined;
}

/** Where a job is in its life; `wrong` is an end other than the one that was meant. */
export type JobState = 'to come' | 'queued' | 'assigned' | 'running' | 'right' | 'wrong';

/** Tells where a job is. */
export function stateOf({ job, record }: JobView): JobState {
  if (record === undefined) return 'to come';
  if (record.result !== undefined) return record.result === job.expected ? 'right' : 'wrong';
  if (record.startedAt !== undefined) return 'running';
  return record.assignedAt === undefined ? 'queued' : 'assigned';
}

/** How a job ended, in words that say whether that was meant; its state while it has not. */
export function resultOf(view: JobView): string {
  const { job, record } = view;
  const state = stateOf(view);
  if (record?.result === undefined) return state;
  if (state === 'wrong') return `${record.result}, not ${job.expected}`;
  return job.expected === 'failed' ? 'failed, as meant' : record.result;
}

/** Ms that a job has been waiting, or has run; of one that has ended, how long it ran. */
export function elapsedOf({ record }: JobView, now: number): number | undefined {
  if (record === undefined) return undefined;
  if (record.startedAt === undefined) return (record.finishedAt ?? now) - record.queuedAt;
  return (record.finishedAt ?? now) - record.startedAt;
}

/** The last line that the job itself printed. */
export function lastLineOf({ record }: JobView): string {
  return record?.lines.findLast(isOfTheJob) ?? '';
}

/** Tells a line of the job from the agent's own: section marks, the heading of the output, the shell's command line. */
export function isOfTheJob(line: string): boolean {
  return !/^\s*$|##\[|^={5,}|^bash --noprofile /.test(line);
}
