import type { JobRequest, Registration } from '../../src/model/agent.js';
import type { UnfinishedRequest } from '../../src/model/queue.js';
import { chosen } from './random.js';

/** What the job of that number demands. */
export type Demanding = (requestId: number) => readonly string[];

const NONE: Demanding = () => [];

/** Some jobs want the agents of one pool, and some want what no agent has. */
const MIXED: Demanding = requestId => {
  switch (requestId % 7) {
    case 0:
    case 1:
      return ['Pool -equals pool-0'];
    case 2:
      return ['Pool -equals POOL-1'];
    case 3:
      return ['a-tool-that-nobody-has'];
    default:
      return [];
  }
};

/** In half of the worlds in which a pool follows the queue jobs have demands. */
export function demandingOf(seed: number, areScaled: boolean): Demanding {
  return areScaled && chosen(seed, 'demands', 2) === 0 ? MIXED : NONE;
}

/** What agents of a pool offer. */
export function capabilitiesOf(pool: string): Readonly<Record<string, string>> {
  return { pool };
}

/** Whether an agent can do a job: by a rule of its own, so that the daemon's can be wrong. */
export function meets({ demands }: UnfinishedRequest, capabilities: Registration['capabilities']): boolean {
  return demands.every(demand => {
    const [name = '', value] = demand.toLowerCase().split(' -equals ');
    const offered = capabilities?.[name];
    return value === undefined ? offered !== undefined : offered?.toLowerCase() === value;
  });
}

/** A request as a queue has it. */
export function aRequest(requestId: number, demands: readonly string[]): UnfinishedRequest {
  return { requestId, jobName: `job ${requestId}`, demands, received: false, isPrivate: true, queuedAt: undefined };
}

/** A request as the agent has it that was given it. */
export function jobRequest(requestId: number): JobRequest {
  return { requestId, received: false, jobName: `job ${requestId}`, waitedMs: undefined, result: undefined };
}
