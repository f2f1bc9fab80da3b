import { pino } from 'pino';
import { expect, test } from 'vitest';
import { anObserved, aPool, known, NOW } from '../../test/simulation/examples.js';
import { formatStatus } from '../cli/format-status.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import type { Observed } from '../model/observed.js';
import { plan } from '../plan/plan.js';
import { logEvents } from './log-events.js';
import { makeMetrics } from './metrics.js';
import { statusOf } from './status.js';
import type { StatusDocument } from './status-document.js';

const registration: Observed['registration'] = new Map([
  ['a', { kind: 'host' }],
  ['b', { kind: 'probing', why: 'no answer\u001b[1m yet' }],
]);

/** Two pools, of which one does not know yet who registers its agents. */
function status(): StatusDocument {
  const desired = ['a', 'b'].map(name => aPool({ name }));
  const wantedBases = new Map(desired.map(({ name }) => [name, known('base-1')]));
  const observed = anObserved([], { registration, wantedBases });
  const decided = plan(desired, observed, NOW, { maxConcurrentCreates: 1 });
  return statusOf(desired, { at: NOW, observed, plan: decided }, () => undefined);
}

test('the status shows who registers the agents of each pool, and why that is not known', () => {
  const document = status();
  expect(document.pools.map(pool => pool.registration)).toEqual(['host', 'probing']);
  expect(document.pools[1]?.waiting).toBe('no answer\\u001b[1m yet');
  expect(formatStatus(document, NOW)).toMatch(/^ {2}registration: host$/m);
});

test('the metrics hold 1 for the mode that a pool is in', async () => {
  const metrics = await makeMetrics(new Events<DaemonEvents>(() => {}), status, async () => 0).metrics();
  const modes = metrics.split('\n').filter(line => line.startsWith('iap_registration_mode{') && line.endsWith(' 1'));
  expect(modes).toEqual([
    'iap_registration_mode{pool="a",mode="host"} 1',
    'iap_registration_mode{pool="b",mode="probing"} 1',
  ]);
});

test.each([
  ['guest', 'guests register themselves, with the token'],
  ['host', 'the configuration asks for it'],
] as const)('the log warns once when the server refuses and it is the %s', (mode, consequence) => {
  const lines: string[] = [];
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  logEvents(events, pino({}, { write: line => void lines.push(line) }));
  events.emit('registration-chosen', { pools: ['a'], mode, refusal: { step: 'session', why: '403 \u001b[1mno' } });
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    {
      level: 40,
      pools: ['a'],
      mode,
      step: 'session',
      why: '403 \\u001b[1mno',
      msg: expect.stringContaining(consequence),
    },
  ]);
});
