import type { JobRecord } from 'azure-pipelines-emulator';
import type { Durations } from 'incus-azure-pipelines';
import type { LogLine } from '../testbed/daemon-process.js';

/** What is written down of a run: the daemon's log, the jobs, and when each agent came online (epoch ms). */
export interface SeenRun {
  readonly log: readonly LogLine[];
  readonly jobs: readonly JobRecord[];
  readonly onlineAt: ReadonlyMap<string, number>;
}

/**
 * How long everything took in a run, on average, each from the end of what was before it, so that no time counts twice.
 *
 * @throws Error where something was not seen at all.
 */
export function durationsSeen({ jobs, log, onlineAt }: SeenRun): Durations {
  const done = (kind: string) => log.filter(line => line.msg === 'action done' && line.kind === kind);
  const endedAt = (kind: string) => new Map(done(kind).map(line => [String(line.name), timeOf(line)]));
  const into = (phase: string) =>
    new Map(
      log
        .filter(line => line.msg === 'phase changed' && line.phase === phase)
        .map(line => [String(line.agent), timeOf(line)]),
    );
  const finishedAt = new Map(jobs.map(({ agentName = '', finishedAt: at }) => [agentName, at]));
  return {
    creatingMs: mean(
      'creating',
      done('create-instance').map(({ ms }) => Number(ms)),
    ),
    preparingMs: mean('preparing', between(endedAt('create-instance'), into('prepared'))),
    activatingMs: mean(
      'activating',
      done('activate-agent').map(({ ms }) => Number(ms)),
    ),
    startingMs: mean('starting', between(endedAt('activate-agent'), onlineAt)),
    takingMs: mean(
      'taking',
      jobs.flatMap(({ assignedAt, receivedAt }) =>
        assignedAt === undefined || receivedAt === undefined ? [] : [receivedAt - assignedAt],
      ),
    ),
    endingMs: mean('ending', between(finishedAt, into('orphan'))),
    callMs: mean(
      'calls',
      done('disable-agent').map(({ ms }) => Number(ms)),
    ),
  };
}

/** From one moment of each agent to another one, where both were seen; what overlaps took no time of its own. */
function between(
  from: ReadonlyMap<string, number | undefined>,
  to: ReadonlyMap<string, number | undefined>,
): readonly number[] {
  return [...from].flatMap(([name, start]) => {
    const end = to.get(name);
    return start === undefined || end === undefined ? [] : [Math.max(0, end - start)];
  });
}

function mean(what: string, values: readonly number[]): number {
  if (values.length === 0) throw new Error(`${what} was not seen`);
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

function timeOf({ time }: LogLine): number {
  return typeof time === 'number' ? time : Date.parse(String(time));
}
