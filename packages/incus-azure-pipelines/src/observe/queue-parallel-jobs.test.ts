import { describe, expect, test } from 'vitest';
import { aRequest, aSight, aWaiting, counts, first, KEY, second } from '../../test/queue-examples.js';
import { anAgent, aRegistration, JOB, known, NOW } from '../../test/simulation/examples.js';
import type { WaitingRequest } from '../model/queue.js';
import { type QueueSight, shareQueue } from './queue.js';

describe('the parallel jobs of an organisation', () => {
  const parallelJobs = new Map([[KEY, 2]]);
  const running = [8, 9].map(id => aRequest(id, { received: true }));
  const waits = [11, 12, 13].map(id => aRequest(id));
  const waitingFor = (sight: QueueSight, before: readonly WaitingRequest[] = []) =>
    shareQueue(before, sight, [first, second], NOW).waiting.map(({ held, mostAtOnce }) =>
      held ? mostAtOnce : 'agent',
    );

  test('keep requests beyond them from having agents made, but for one that would show the number to be wrong', () => {
    const sight = aSight([...running, ...waits], { parallelJobs });
    expect(counts(sight)).toEqual({ first: 1, second: 0 });
    expect(waitingFor(sight)).toEqual(['agent', 2, 2]);
    expect(waitingFor(aSight(waits, { parallelJobs: new Map([[KEY, 1]]) }))).toEqual(['agent', 'agent', 1]);
  });

  test('do not count while more run than there are said to be', () => {
    const more = aRequest(10, { received: true });
    expect(waitingFor(aSight([...running, more, ...waits], { parallelJobs }))).toEqual(['agent', 'agent', 'agent']);
  });

  test('are used by what an agent of anybody has, be it taken up or not', () => {
    const assigned = { ...JOB, requestId: 8, received: false };
    const registrations = new Map([[KEY, known([aRegistration({ name: 'foreign', assigned })])]]);
    const sight = aSight([aRequest(8), ...waits], { parallelJobs, registrations });
    expect(waitingFor(sight)).toEqual(['agent', 'agent', 2]);
  });

  test('are not used any more by what an agent had that is gone, though the queue was not read since', () => {
    const taken = new Map([[KEY, new Set([10])]]);
    const sight = aSight([...running, aRequest(10), ...waits], { parallelJobs, taken });
    expect(waitingFor(sight)).toEqual(['agent', 2, 2]);
  });

  test('are no matter to public projects, nor to what no pool could do', () => {
    const open = waits.map(request => ({ ...request, isPrivate: false }));
    expect(waitingFor(aSight([...running, ...open], { parallelJobs }))).toEqual(['agent', 'agent', 'agent']);
    const able = aSight([...running, aRequest(10, { demands: ['fpga'] }), aRequest(11)], { parallelJobs });
    expect(waitingFor(able)).toEqual(['agent', 'agent']);
  });

  test('are left to those behind a request that waits for something else', () => {
    const agents = [anAgent(0, 'idle', { pool: 'first', since: NOW - 120_000 })];
    const approval = aWaiting(11, { held: true, couldTakeAt: NOW, since: NOW - 120_000 });
    const sight = aSight([aRequest(8, { received: true }), ...waits], { agents, parallelJobs });
    const seen = shareQueue([approval], sight, [first, second], NOW).waiting;
    expect(seen.map(({ held, mostAtOnce }) => [held, mostAtOnce])).toEqual([
      [true, undefined],
      [false, undefined],
      [false, undefined],
    ]);
  });

  test('let a request go on at once when one of them is free again, though an idle agent was seen', () => {
    const agents = [anAgent(0, 'idle', { pool: 'first', since: NOW })];
    const held = shareQueue([], aSight([...running, ...waits], { agents, parallelJobs }), [first, second], NOW).waiting;
    expect(held.map(request => request.held)).toEqual([false, true, true]);
    expect(waitingFor(aSight(waits, { parallelJobs }), held)).toEqual(['agent', 'agent', 'agent']);
  });
});
