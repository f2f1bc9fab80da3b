import { expect, test } from 'vitest';
import { anAgent, anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { plan } from '../plan/plan.js';
import { followCoveredTokens } from './covered-tokens.js';
import { makeMetrics } from './metrics.js';
import { statusOf } from './status.js';
import type { ConfigurationStatus } from './status-document.js';

const TROUBLES = /^iap_(configuration_refused|latest_token_refused|unwritten_ends_total)/;

const pools = [aPool({ name: 'linux' }), aPool({ name: 'other' })];
const taken: ConfigurationStatus = { file: '/etc/agents.yaml', takenAt: NOW };

/** The lines of the metrics of a daemon that has looked. */
function begin() {
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  let configuration = taken;
  let isFirst = true;
  const observed = anObserved([anAgent(0, 'idle')]);
  const pass = { at: NOW, observed, plan: plan(pools, observed, NOW, { maxConcurrentCreates: 1 }) };
  const withCovered = followCoveredTokens(events);
  const status = () =>
    isFirst ? undefined : { ...withCovered(statusOf(pools, pass, () => known([]))), configuration };
  const metrics = makeMetrics(events, status, async () => 0);
  return {
    events,
    look: (next = taken) => {
      [configuration, isFirst] = [next, false];
      events.emit('pass-ended', { at: NOW });
    },
    lines: async () => (await metrics.metrics()).split('\n').filter(line => TROUBLES.test(line)),
  };
}

test('where nothing is wrong each metric says so, once the daemon has looked', async () => {
  const { lines, look } = begin();
  expect(await lines()).toEqual(['iap_unwritten_ends_total 0']);
  look();
  expect(await lines()).toEqual([
    'iap_configuration_refused 0',
    'iap_latest_token_refused{pool="linux"} 0',
    'iap_latest_token_refused{pool="other"} 0',
    'iap_unwritten_ends_total 0',
  ]);
});

test('a refused file, a refused token and an end that cannot be written down are seen', async () => {
  const { events, lines, look } = begin();
  events.emit('token-covered', { pools: ['other'], since: NOW - 60_000 });
  events.emit('end-unwritten', { agent: anAgent(1, 'orphan'), at: NOW, error: 'no space left on device' });
  look({ ...taken, refused: { at: NOW, why: 'agentCount: is no number' } });
  expect(await lines()).toEqual([
    'iap_configuration_refused 1',
    'iap_latest_token_refused{pool="linux"} 0',
    'iap_latest_token_refused{pool="other"} 1',
    'iap_unwritten_ends_total 1',
  ]);
  look();
  expect(await lines()).toContain('iap_configuration_refused 0');
});
