import { expect, test } from 'vitest';
import { anObserved, aPool, NOW } from '../../test/simulation/examples.js';
import { formatStatus } from '../cli/format-status.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { followCoveredTokens } from './covered-tokens.js';
import { statusOf } from './status.js';

const PLAN = { actions: [], wakeAt: undefined, pools: new Map() };
const POOLS = ['linux', 'big', 'other'].map(name => aPool({ name }));

/** Which pools are said to have a refused token at `at`, after a refusal that two of them have heard of. */
function refusedAt(at: number) {
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  const withCovered = followCoveredTokens(events);
  events.emit('token-covered', { pools: ['linux', 'big'], since: NOW - 60_000, until: NOW + 60_000 });
  return withCovered(statusOf(POOLS, { at, observed: anObserved([]), plan: PLAN }, () => undefined));
}

test('the status says since when a token is refused that the one before still covers', () => {
  const status = refusedAt(NOW);
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

test('the status says so no more when it was not refused again', () => {
  expect(formatStatus(refusedAt(NOW + 60_000), NOW)).not.toContain('is refused');
});
