import { expect, test } from 'vitest';
import { anIncusInstance } from '../../test/an-incus-instance.js';
import { planned } from '../../test/planned.js';
import { aPool, aRegistration, JOB, known, NOW, nameOf, OWNER } from '../../test/simulation/examples.js';
import { azureKey } from '../model/pool.js';
import { knownValue } from '../model/reading.js';
import { join } from '../observe/join.js';
import { recordsOf } from '../observe/records.js';
import { Rings } from '../observe/rings.js';

const OWNER_ID = '6f1c9a52-7b0e-4a7c-9a35-0d2f5b1c8e44';

/** What the first version of the program wrote on each copy (2026-11-23), word for word: there were no other keys of ours, and no shape. */
const WRITTEN_THEN = {
  'user.iap.owner': OWNER_ID,
  'user.iap.contract': '1',
  'user.iap.pool': 'linux',
  'user.iap.base': 'iap-base-a1b2c3-0f5e',
  'user.iap.server': 'azure.test',
  'boot.autostart': 'false',
  'cluster.evacuate': 'stop',
  'limits.processes': '1000',
  'security.nesting': 'true',
  'security.privileged': 'false',
  'security.guestapi': 'true',
};
const BASE = anIncusInstance({
  name: 'iap-base-a1b2c3-0f5e',
  status: 'Stopped',
  ephemeral: false,
  config: {
    'user.iap.owner': OWNER_ID,
    'user.iap.contract': '1',
    'user.iap.pool': 'linux',
    'user.iap.base.state': 'ready',
    'user.iap.base.agent-version': '4.260.0',
  },
});
const [busy, idle, prepared] = [nameOf(0), nameOf(1), nameOf(2)];
const activated = { ...WRITTEN_THEN, 'user.iap.activated': String(NOW - 600_000) };
const LIST = [
  BASE,
  anIncusInstance({ name: busy, config: activated }),
  anIncusInstance({ name: idle, config: activated }),
  anIncusInstance({ name: prepared, config: WRITTEN_THEN, status: 'Ready' }),
];

test('what the first version has made goes on: its job, its agent, its reserve until there is another, and its base', () => {
  const spec = aPool({ reserve: 1 });
  const { bases, instances } = recordsOf(LIST, OWNER_ID, new Rings());
  const registrations = [
    aRegistration({ name: busy, agentId: 1, assigned: JOB }),
    aRegistration({ name: idle, agentId: 2 }),
  ];
  const sightings = {
    instances: known(instances),
    registrations: new Map([[azureKey(spec.azure), known(registrations)]]),
  };
  const agents = knownValue(join([], sightings, [spec], OWNER, NOW)) ?? [];
  expect(agents.map(({ name, phase }) => [name, phase])).toEqual([
    [busy, 'busy'],
    [idle, 'idle'],
    [prepared, 'prepared'],
  ]);
  const seen = { bases: known(bases), wantedBases: new Map([['linux', known('iap-base-a1b2c3-new')]]) };
  const { actions, pools } = planned(spec, agents, seen);
  expect(actions.map(({ kind, ...action }) => [kind, 'name' in action ? action.name : action.base])).toEqual([
    ['build-base', 'iap-base-a1b2c3-new'],
    ['prove-base', BASE.name],
    ['disable-agent', busy],
    ['create-instance', expect.any(String)],
  ]);
  expect(actions).toContainEqual(expect.objectContaining({ kind: 'create-instance', base: BASE.name }));
  expect(pools.get('linux')).toMatchObject({ live: 2, prepared: 1 });
});
