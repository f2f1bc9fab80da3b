/** What those who drive an emulator may ask of it and do to it. */
import type { Bell } from './bell.js';
import type { CallLog } from './call-log.js';
import type { EmulatorEvent } from './events.js';
import type { Fault, Faults } from './faults.js';
import { recordJob } from './recorded-job.js';
import type { AgentRecord, CallRecord, JobRecord } from './records.js';
import { cancelRequest, findPool, type JobWish, queueRequest } from './requests.js';
import { agentRecord, jobRecord } from './show.js';
import type { JobRequest } from './state.js';
import type { World } from './world.js';

/** A job that was queued. */
export interface QueuedJob {
  readonly requestId: number;
  readonly jobId: string;
  /** Resolves when the job has a result; rejects when the emulator closes first. */
  readonly finished: Promise<JobRecord>;
}

/** The reins of an emulator. */
export interface Driver {
  /** Queues a job. As in Azure, it fails at once when no registration of the pool, online or not, meets its demands. */
  queueJob(job: JobWish): QueuedJob;
  /** Cancels a job; one that has ended stays as it is. Throws when there is no such request. */
  cancelJob(requestId: number): void;
  /** Records a job that an agent has done without a session here. Throws when no agent has that name. */
  recordJob(agentName: string): void;
  jobs(): readonly JobRecord[];
  /** Lists the registrations of a pool, or of all. */
  agents(pool?: string): readonly AgentRecord[];
  /** Lists registrations that were deleted, as they were at their end. */
  deletedAgents(): readonly AgentRecord[];
  /** Takes the organisation's personal access token back, and another one from now on. */
  replaceToken(token: string): void;
  setPool(name: string, change: { readonly autoUpdate: boolean }): void;
  /** Makes the next calls that fit go wrong. */
  failNext(fault: Fault): void;
  clearFaults(): void;
  /** Lists the calls that were answered, in the order in which they came. */
  calls(): readonly CallRecord[];
  /** Calls `listener` at each event until the returned function is called. */
  on(listener: (event: EmulatorEvent) => void): () => void;
  /** Resolves when no job is assigned and unfinished, no job could be given out, and every message was fetched. */
  settled(): Promise<void>;
}

/** Returns the reins of an emulated organisation. */
export function createDriver(world: World, faults: Faults, calls: CallLog): Driver {
  const { state } = world;
  const show = (request: JobRequest) => jobRecord(world.poolOf(request), request);
  return {
    queueJob(job) {
      const request = queueRequest(world, job);
      const finished = until(world, request.ended, () => request.result !== undefined).then(() => show(request));
      finished.catch(() => undefined);
      return { requestId: request.id, jobId: request.jobId, finished };
    },
    cancelJob(requestId) {
      const request = state.requests.get(requestId);
      if (request === undefined) throw new Error(`cancel job: the emulator has no request ${requestId}`);
      cancelRequest(world, request);
    },
    recordJob: agentName => recordJob(world, agentName),
    jobs: () => [...state.requests.values()].map(show),
    agents: pool => {
      const only = pool === undefined ? undefined : findPool(world, pool);
      return [...state.agents.values()]
        .filter(agent => only === undefined || agent.poolId === only.id)
        .map(agent => agentRecord(world.poolOf(agent), agent));
    },
    deletedAgents: () => [...state.deletedAgents],
    replaceToken(token) {
      state.token = token;
    },
    setPool(name, change) {
      findPool(world, name).autoUpdate = change.autoUpdate;
    },
    failNext: fault => faults.add(fault),
    clearFaults: () => faults.clear(),
    calls: () => calls.list(),
    on: listener => world.on(listener),
    settled: () => until(world, world.bell, () => isSettled(world)),
  };
}

async function until(world: World, bell: Bell, reached: () => boolean): Promise<void> {
  const { signal } = world.closing;
  while (!reached()) {
    if (signal.aborted) throw new Error('wait for the emulator: it was closed before that came about');
    await bell.wait(signal);
  }
}

/** Free agents are given waiting jobs within the same change, so no assignable job is ever left to look for. */
function isSettled({ state }: World): boolean {
  const running = [...state.requests.values()].some(
    ({ result, agentId }) => result === undefined && agentId !== undefined,
  );
  return !running && ![...state.sessions.values()].some(({ messages }) => messages.some(({ fetched }) => !fetched));
}
