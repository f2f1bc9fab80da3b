import { expect, test } from 'vitest';
import { anObserved, aPool, NOW } from '../../test/simulation/examples.js';
import { formatStatus } from '../cli/format-status.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { followCoveredTokens } from './covered-tokens.js';
import { statusOf } from './status.js';

const PLAN = { actions: [], wakeAt: undefined, pools: new Map() };
const POOLS = ['linux', 'big', 'other'].map(name => aPool({ name }));

/** What is said of the pools once their tokens were covered since then, the one after the other. */
function afterRefusals(...covered: readonly (number | undefined)[]) {
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  const withCovered = followCoveredTokens(events);
  for (const since of covered) events.emit('token-covered', { pools: ['linux', 'big'], since });
  return withCovered(statusOf(POOLS, { at: NOW, observed: anObserved([]), plan: PLAN }, () => undefined));
}

test('the status says since when a token is refused that the one before still covers', () => {
  const status = afterRefusals(NOW - 60_000);
  expect(status.pools.map(({ tokenRefusedSince }) => tokenRefusedSince)).toEqual([
    NOW - 60_000,
    NOW - 60_000,
    undefined,
  ]);
  expect(formatStatus(status, NOW).match(/^ {2}the token is refused since .*$/gm)).toEqual(
    Array.from(
      { length: 2 },
      () => '  the token is refused since 60s ago; the one before it is used as long as it is good',
    ),
  );
});

test('the status says so no more once that is over', () => {
  expect(formatStatus(afterRefusals(NOW - 60_000, undefined), NOW)).not.toContain('is refused');
});
