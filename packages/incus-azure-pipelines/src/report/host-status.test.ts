import { expect, test } from 'vitest';
import { agentsIn } from '../../test/planned.js';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { HostReserve, HostRoom } from '../model/host-room.js';
import { plan } from '../plan/plan.js';
import { makeMetrics } from './metrics.js';
import { statusOf } from './status.js';

const GIB = 2 ** 30;
const RESERVE: HostReserve = { memoryBytes: 2 * GIB, diskBytes: 10 * GIB };
const POOLS = [aPool({ name: 'linux', agentCount: 4 }), aPool({ name: 'resting', agentCount: 0, reserve: 0 })];

/** The status of a daemon that wants two agents more, on a host with so much room. */
function seen(hostRoom: HostRoom | undefined, hostReserve?: HostReserve) {
  const observed = anObserved(agentsIn('busy', 'busy'), { hostRoom });
  const decided = plan(POOLS, observed, NOW, { maxConcurrentCreates: 2, ...(hostReserve && { hostReserve }) });
  const spec = hostReserve === undefined ? {} : { hostReserve };
  return statusOf(POOLS, { at: NOW, observed, plan: decided }, () => known([]), { spec });
}

/** What a scrape tells of creation that is held back. */
async function scraped(status: ReturnType<typeof seen> | undefined): Promise<readonly string[]> {
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  const text = await makeMetrics(
    events,
    () => status,
    async () => 0,
  ).metrics();
  return text.split('\n').filter(line => line.startsWith('iap_creation_held_back'));
}

test('shows what is free beside what is kept, and which pools there is no room for', async () => {
  const status = seen({ at: NOW - 2000, memoryBytes: 2 * GIB, diskBytes: 50 * GIB, metadataBytes: GIB }, RESERVE);
  expect(status.host).toEqual({
    readAt: NOW - 2000,
    memoryBytes: { free: 2 * GIB, kept: 2 * GIB },
    diskBytes: { free: 50 * GIB, kept: 10 * GIB },
    metadataBytes: { free: GIB, kept: GIB / 8 },
    holdsBack: ['linux'],
  });
  expect(await scraped(status)).toEqual([
    'iap_creation_held_back{pool="linux"} 1',
    'iap_creation_held_back{pool="resting"} 0',
  ]);
});

test('what cannot be read holds back nothing, and is said', async () => {
  const status = seen({ at: NOW, memoryBytes: 50 * GIB, error: 'not told to\u001b[1m this client' }, RESERVE);
  expect(status.host).toEqual({
    readAt: NOW,
    error: 'not told to\\u001b[1m this client',
    memoryBytes: { free: 50 * GIB, kept: 2 * GIB },
    diskBytes: { kept: 10 * GIB },
    holdsBack: [],
  });
  expect(await scraped(status)).toContain('iap_creation_held_back{pool="linux"} 0');
});

test('before the first reading it shows only what is kept, and without a reserve nothing at all', async () => {
  expect(seen(undefined, RESERVE).host).toMatchObject({ memoryBytes: { kept: 2 * GIB }, holdsBack: [] });
  const without = seen({ at: NOW, memoryBytes: 0 });
  expect(without).not.toHaveProperty('host');
  expect(await scraped(without)).toEqual([]);
});
