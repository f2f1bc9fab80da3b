import { expect, test } from 'vitest';
import { MetricsBench } from '../../test/metrics-bench.js';
import { anAgent, aPool, aRegistration, known, OWNER, unknown } from '../../test/simulation/examples.js';
import { placeholderName } from '../model/placeholder.js';
import { azureKey } from '../model/pool.js';
import type { WaitingRequest } from '../model/queue.js';

const spec = aPool({ agentCount: 4, standby: 1 });

function waits(requestId: number, given: Partial<WaitingRequest> = {}): WaitingRequest {
  return {
    requestId,
    jobName: 'build',
    demands: [],
    agentPool: azureKey(spec.azure),
    since: 0,
    queuedAt: undefined,
    pool: 'linux',
    unmet: [],
    couldTakeAt: undefined,
    held: false,
    mostAtOnce: undefined,
    turn: undefined,
    ...given,
  };
}

test('jobs that wait are counted by what they wait for, while the queue is read', async () => {
  const bench = new MetricsBench(spec);
  const waiting = [waits(1), waits(2), waits(3, { held: true }), waits(4, { pool: undefined, unmet: ['fpga'] })];
  bench.pass(0, [anAgent(0, 'idle')], { queued: new Map([['linux', known(2)]]), waiting });
  expect(await bench.lines('iap_waiting_jobs')).toEqual([
    'iap_waiting_jobs{pool="linux",for="agent"} 2',
    'iap_waiting_jobs{pool="linux",for="other"} 1',
    'iap_waiting_jobs{pool="linux",for="nobody"} 1',
  ]);
  expect(await bench.lines('iap_standby_agents')).toEqual(['iap_standby_agents{pool="linux"} 1']);
  expect(await bench.lines('iap_target_agents')).toEqual(['iap_target_agents{pool="linux"} 3']);
  bench.pass(1_000, [anAgent(0, 'idle')], { queued: new Map([['linux', unknown()]]), waiting });
  expect(await bench.lines('iap_waiting_jobs')).toEqual([]);
});

test('a pool of fixed size is to have all agents idle, and no metric comes of the queue because somebody looks', async () => {
  const bench = new MetricsBench();
  bench.pass(0, [anAgent(0, 'idle')]);
  expect(await bench.lines('iap_standby_agents')).toEqual(['iap_standby_agents{pool="linux"} 2']);
  bench.pass(1_000, [anAgent(0, 'busy')], { queued: new Map([['linux', known(1)]]), waiting: [waits(1)] });
  expect(await bench.lines('iap_waiting_jobs')).toEqual([]);
});

test('whether a placeholder is there is told while Azure is read', async () => {
  const empty = aPool({ agentCount: 4, standby: 0 });
  const bench = new MetricsBench(empty);
  const key = azureKey(empty.azure);
  const name = placeholderName(OWNER, empty.name);
  bench.pass(0, [], { placeholders: new Map([[key, known([])]]) });
  expect(await bench.lines('iap_placeholder')).toEqual(['iap_placeholder{pool="linux"} 0']);
  bench.pass(1_000, [], { placeholders: new Map([[key, known([aRegistration({ name, online: false })])]]) });
  expect(await bench.lines('iap_placeholder')).toEqual(['iap_placeholder{pool="linux"} 1']);
  bench.pass(2_000, [], { placeholders: new Map([[key, unknown()]]) });
  expect(await bench.lines('iap_placeholder')).toEqual([]);
});
