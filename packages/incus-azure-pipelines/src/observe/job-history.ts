import type { AzurePipelinesClient, TaskAgent, TaskAgentJobRequest } from 'azure-pipelines-client';
import { mergeCapabilities } from 'azure-pipelines-client/demands';
import type { Offer } from '../model/queue.js';
import type { TracedJob } from '../model/trace.js';
import { withoutNames } from './offers.js';
import { usableAgentPool } from './usable-agent-pool.js';

/** More of them have been seen to take longer than a server lets a call take. */
const MOST_FINISHED = 5_000;
const DEADLINE_MS = 120_000;

/** What an agent pool tells of its past. */
export interface JobHistory {
  /** Those that ran, in the order in which they were queued. */
  readonly jobs: readonly TracedJob[];
  /** Requests that still wait or run. */
  readonly unfinished: number;
  /** Requests that ended before an agent had taken them: withdrawn, or refused. */
  readonly neverTaken: number;
  /** The server told as many as it was asked for, and may know older ones. */
  readonly isCut: boolean;
  /** What the newest idle agent of ours offers to demands; undefined where there is none. */
  readonly offered: Offer['capabilities'] | undefined;
}

export interface HistoryOptions {
  readonly client: Pick<AzurePipelinesClient, 'url'> & {
    readonly pools: Pick<AzurePipelinesClient['pools'], 'findByName'>;
    readonly agents: Pick<AzurePipelinesClient['agents'], 'list'>;
    readonly jobRequests: Pick<AzurePipelinesClient['jobRequests'], 'listWithFinished'>;
  };
  readonly agentPool: string;
  /** What was queued before (epoch ms) is left out. */
  readonly sinceAt: number;
  readonly isOurs: (agentName: string) => boolean;
  readonly mostFinished?: number;
}

/** Reads the jobs of an agent pool that ended, in one call, and what its agents offer, in another. Changes nothing. */
export async function readJobHistory(options: HistoryOptions, signal: AbortSignal): Promise<JobHistory> {
  const { agentPool, client, isOurs, mostFinished = MOST_FINISHED, sinceAt } = options;
  const poolId = await usableAgentPool(client, agentPool, signal);
  const agents = await client.agents.list(poolId, { includeCapabilities: true, includeAssignedRequest: true, signal });
  const requests = await client.jobRequests.listWithFinished(poolId, mostFinished, { signal, deadlineMs: DEADLINE_MS });
  const finished = requests.filter(({ finishTime, result }) => finishTime !== undefined || result !== undefined);
  const told = finished.filter(({ queueTime }) => Date.parse(queueTime ?? '') >= sinceAt);
  const jobs = told.flatMap(request => tracedJob(request) ?? []);
  return {
    jobs: jobs.sort((a, b) => a.queuedAt - b.queuedAt),
    unfinished: requests.length - finished.length,
    neverTaken: told.length - jobs.length,
    isCut: finished.length >= mostFinished,
    offered: offeredBy(agents, isOurs),
  };
}

function tracedJob({ demands, finishTime, queueTime, receiveTime }: TaskAgentJobRequest): TracedJob | undefined {
  const [queuedAt, takenAt, endedAt] = [queueTime, receiveTime, finishTime].map(time => Date.parse(time ?? ''));
  if (queuedAt === undefined || takenAt === undefined || endedAt === undefined) return undefined;
  const [waitedMs, runMs] = [takenAt - queuedAt, endedAt - takenAt];
  // A time that is not told makes neither.
  return waitedMs >= 0 && runMs >= 0 ? { queuedAt, runMs, demands: demands ?? [], waitedMs } : undefined;
}

/** Who has had a job may tell whatever that wanted told. */
function offeredBy(agents: readonly TaskAgent[], isOurs: (name: string) => boolean): Offer['capabilities'] | undefined {
  const idle = agents.filter(
    ({ assignedRequest, enabled, name, status, systemCapabilities }) =>
      status === 'online' && enabled !== false && !assignedRequest && systemCapabilities && isOurs(name),
  );
  const newest = idle.reduce<TaskAgent | undefined>(
    (one, other) => (one && one.id > other.id ? one : other),
    undefined,
  );
  if (newest === undefined) return undefined;
  const { name, systemCapabilities = {}, userCapabilities = {} } = newest;
  return withoutNames(mergeCapabilities(systemCapabilities, userCapabilities), name);
}
