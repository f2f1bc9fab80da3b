import { z } from 'zod';
import { UserError } from '../lib/user-error.js';
import type { TracedJob } from '../model/trace.js';

/** As many jobs as a replay takes; one of them takes about a millisecond for each size. */
const MOST_JOBS = 200_000;

/** Times of a trace lie between these, so that nothing has to cope with others. */
const [EARLIEST, LATEST] = [Date.UTC(2000, 0, 1), Date.UTC(2200, 0, 1)];

const lineSchema = z.strictObject({
  queuedAt: z.iso.datetime({ offset: true }).refine(text => isInTime(Date.parse(text)), 'is not between 2000 and 2200'),
  runSeconds: z.number().min(0).max(31_536_000),
  demands: z.array(z.string().max(1_000)).max(100).default([]),
  waitedSeconds: z.number().min(0).optional(),
});

function isInTime(at: number): boolean {
  return at >= EARLIEST && at <= LATEST;
}

/** A trace as text: one JSON object for each job, one a line. It names no agent, no person and no pipeline. */
export function formatTrace(jobs: readonly TracedJob[]): string {
  const lines = jobs.map(({ demands, queuedAt, runMs, waitedMs }) =>
    JSON.stringify({
      queuedAt: new Date(queuedAt).toISOString(),
      runSeconds: runMs / 1000,
      ...(demands.length === 0 ? {} : { demands }),
      ...(waitedMs === undefined ? {} : { waitedSeconds: waitedMs / 1000 }),
    }),
  );
  return lines.map(line => `${line}\n`).join('');
}

/** Reads a trace, in whichever order its lines are; empty ones are none. @throws UserError with the first line that is wrong. */
export function parseTrace(text: string, path: string): readonly TracedJob[] {
  const lines = text.split('\n');
  const jobs = lines.flatMap((line, index) => (line.trim() === '' ? [] : [jobOf(line, `${path}:${index + 1}`)]));
  if (jobs.length === 0)
    throw new UserError(`${path}: no job is in it; a trace has one JSON object for each job, one a line`);
  if (jobs.length > MOST_JOBS)
    throw new UserError(`${path}: ${jobs.length} jobs are too many; keep the newest ${MOST_JOBS} lines at most`);
  return jobs.sort((a, b) => a.queuedAt - b.queuedAt);
}

function jobOf(line: string, where: string): TracedJob {
  const parsed = lineSchema.safeParse(parsedJson(line, where));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const key = issue?.path.join('.') ?? '';
    throw new UserError(
      `${where}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'is no job'}; a line reads {"queuedAt": "2026-11-02T08:00:00Z", "runSeconds": 62.5, "demands": ["docker"], "waitedSeconds": 3.2}, the last two may be missing`,
    );
  }
  const { demands, queuedAt, runSeconds, waitedSeconds } = parsed.data;
  return {
    queuedAt: Date.parse(queuedAt),
    runMs: Math.round(runSeconds * 1000),
    demands,
    waitedMs: waitedSeconds === undefined ? undefined : Math.round(waitedSeconds * 1000),
  };
}

function parsedJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new UserError(`${where}: is no JSON; a trace has one JSON object for each job, one a line`);
  }
}
