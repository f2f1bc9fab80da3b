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
const [busy, idle, unregistered] = [nameOf(0), nameOf(1), nameOf(2)];

/** What a version to come may write: keys that nobody knows yet, and those that mean the same in every version. */
const WRITTEN_LATER = {
  'user.iap.owner': OWNER_ID,
  'user.iap.contract': '7',
  'user.iap.pool': 'linux',
  'user.iap.base': 'iap-base-later',
  'user.iap.activated': String(NOW - 20_000),
  'user.iap.lease': 'of a kind that is not known',
  'user.iap.phase': 'sealed',
};

test.each(['Running', 'Ready', 'Frozen', 'Sealed', ''])(
  'what a later version has made is left alone, with keys and a state that nobody knows yet: %j',
  status => {
    const list = [busy, idle, unregistered].map(name => anIncusInstance({ name, config: WRITTEN_LATER, status }));
    const base = anIncusInstance({
      name: 'iap-base-later',
      status: 'Stopped',
      config: { ...WRITTEN_LATER, 'user.iap.base.state': 'sealed' },
    });
    const spec = aPool({ agentCount: 3, standby: 3, reserve: 0 });
    const { bases, instances } = recordsOf([base, ...list], OWNER_ID, new Rings());
    const registrations = [
      aRegistration({ name: busy, agentId: 1, assigned: JOB }),
      aRegistration({ name: idle, agentId: 2 }),
    ];
    const sightings = {
      instances: known(instances),
      registrations: new Map([[azureKey(spec.azure), known(registrations)]]),
    };
    const agents = knownValue(join([], sightings, [spec], OWNER, NOW)) ?? [];
    const seen = { bases: known(bases), wantedBases: new Map([['linux', known('iap-base-now')]]) };
    const { actions } = planned(spec, agents, seen);
    expect(agents.map(({ name }) => name)).toEqual([busy, idle, unregistered]);
    const ends = actions.filter(({ kind }) => kind.startsWith('delete-') || kind === 'disable-agent');
    // The one job that an agent is for: it gets no second one.
    expect(ends.map(action => [action.kind, 'name' in action && action.name])).toEqual([['disable-agent', busy]]);
  },
);
