import { expect, test } from 'vitest';
import { anObserved, aPool, NOW } from '../../test/simulation/examples.js';
import { formatStatus } from '../cli/format-status.js';
import { Events } from '../lib/events.js';
import { makeMetrics } from './metrics.js';
import { statusOf } from './status.js';

const PLAN = { actions: [], wakeAt: undefined, pools: new Map() };

function statusWith(given: { readonly tokenExpiresAt?: number }) {
  return statusOf([aPool(given)], { at: NOW, observed: anObserved([]), plan: PLAN }, () => undefined);
}

test.each([
  [40, undefined],
  [12, 'the token expires in 12d, as the configuration says'],
  [-3, 'the token has expired 3d ago, as the configuration says'],
])('the status tells a month ahead that a token expires: in %d days', (days, line) => {
  const status = statusWith({ tokenExpiresAt: NOW + days * 86_400_000 });
  expect(/^ {2}(the token .*)$/m.exec(formatStatus(status, NOW))?.[1]).toBe(line);
});

test.each([
  [{ tokenExpiresAt: NOW + 5_000 }, [`iap_token_expiry_timestamp_seconds{pool="linux"} ${NOW / 1000 + 5}`]],
  [{}, []],
])('a scrape tells when the token expires, where the configuration does: %j', async (given, expected) => {
  const registry = makeMetrics(
    new Events(() => {}),
    () => statusWith(given),
    async () => 0,
  );
  const lines = (await registry.metrics()).split('\n').filter(line => line.startsWith('iap_token_expiry'));
  expect(lines).toEqual(expected);
});
