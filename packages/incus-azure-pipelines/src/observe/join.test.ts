import { describe, expect, test } from 'vitest';
import {
  aLife,
  anAgent,
  anInstance,
  aPool,
  aRegistration,
  JOB,
  known,
  NOW,
  nameOf,
  OWNER,
  unknown,
} from '../../test/simulation/examples.js';
import type { Agent, InstanceRecord, Registration } from '../model/agent.js';
import { azureKey } from '../model/pool.js';
import { knownValue, type Reading } from '../model/reading.js';
import { join } from './join.js';

const spec = aPool();
const key = azureKey(spec.azure);

interface Seen {
  readonly instances?: Reading<readonly InstanceRecord[]>;
  readonly registrations?: Reading<readonly Registration[]>;
}

function joined(before: readonly Agent[], seen: Seen, desired = [spec], now = NOW): readonly Agent[] {
  const { instances = known([]), registrations = known([]) } = seen;
  const agents = join(before, { instances, registrations: new Map([[key, registrations]]) }, desired, OWNER, now);
  return knownValue(agents) ?? [];
}

test('an agent is its instance and the registration of the same name', () => {
  const [agent, ...others] = joined([], {
    instances: known([anInstance()]),
    registrations: known([aRegistration({ assigned: JOB })]),
  });
  expect(agent).toMatchObject({
    name: nameOf(0),
    pool: 'linux',
    phase: 'busy',
    since: NOW,
    registration: { known: true },
  });
  expect(others).toEqual([]);
});

test('nothing is known of any agent while Incus is unread', () => {
  const instances = unknown();
  const sightings = { instances, registrations: new Map([[key, known([aRegistration()])]]) };
  expect(join([anAgent(0, 'idle')], sightings, [spec], OWNER, NOW)).toBe(instances);
});

test('an unread Azure leaves every agent what it was', () => {
  const instances = known([anInstance(), anInstance({ name: nameOf(1) })]);
  const before = [anAgent(0, 'busy'), anAgent(1, 'draining')];
  const agents = joined(before, { instances, registrations: unknown() });
  expect(agents.map(({ phase, since }) => [phase, since])).toEqual(before.map(({ phase, since }) => [phase, since]));
  expect(agents.every(agent => !agent.registration.known)).toBe(true);
});

test('since is when a phase was first seen', () => {
  const instances = known([anInstance()]);
  const first = joined([], { instances, registrations: known([aRegistration()]) });
  const second = joined(first, { instances, registrations: known([aRegistration()]) }, [spec], NOW + 5);
  const third = joined(
    second,
    { instances, registrations: known([aRegistration({ assigned: JOB })]) },
    [spec],
    NOW + 9,
  );
  expect([second, third].map(([agent]) => [agent?.phase, agent?.since])).toEqual([
    ['idle', NOW],
    ['busy', NOW + 9],
  ]);
});

describe('an instance that goes down, whose status wanders', () => {
  const lived = (first: Agent, life: readonly (readonly [number, InstanceRecord['status'] | 'gone'])[], job = true) => {
    const registrations = known([aRegistration({ enabled: false, assigned: job ? JOB : undefined })]);
    let agents: readonly Agent[] = [first];
    return life.map(([ms, status]) => {
      const at = NOW + ms;
      const instances = known(status === 'gone' ? [] : [anInstance({ status })], at);
      agents = joined(agents, { instances, registrations }, [spec], at);
      return agents[0]?.phase;
    });
  };

  test('keeps its job until it is gone', () => {
    const phases = lived(anAgent(0, 'busy'), [
      [100, 'stopped'],
      [200, 'running'],
      [300, 'error'],
      [400, 'stopped'],
      [500, 'gone'],
    ]);
    expect(phases).toEqual(['busy', 'busy', 'busy', 'busy', 'orphan']);
  });

  test('stays finished until it is gone', () => {
    const finished = anAgent(0, 'finished', { life: aLife({ saidFinished: true, seenStarted: true }) });
    const statuses = ['ready', 'stopped', 'running', 'error', 'stopped', 'gone'] as const;
    const life = statuses.map((status, n) => [n * 100, status] as const);
    expect(lived(finished, life, false)).toEqual([...Array<string>(5).fill('finished'), 'orphan']);
  });

  test('is stopped once it has been so for a second, whatever Incus cannot read in between', () => {
    const phases = lived(anAgent(0, 'idle', { life: aLife({ seenOnline: true, seenStarted: true }) }), [
      [0, 'stopped'],
      [900, 'stopped'],
      [950, 'error'],
      [1_000, 'stopped'],
      [1_050, 'error'],
    ]);
    expect(phases).toEqual(['busy', 'busy', 'busy', 'stopped', 'stopped']);
  });
});

describe('registrations that are not ours are not looked at', () => {
  test.each([
    ['a name of another kind', 'somebody'],
    ['another owner', nameOf(0).replace(OWNER, 'ffffff')],
    ['our owner without a birth', `host-${OWNER}-x`],
    ['something behind the birth', `${nameOf(0)}-2`],
    ['capitals', nameOf(0).toUpperCase()],
  ])('%s', (_, name) => {
    expect(joined([], { registrations: known([aRegistration({ name, online: false })]) })).toEqual([]);
  });
});

describe('a registration without an instance', () => {
  const registrations = known([aRegistration({ online: false })]);

  test('is an orphan of the first pool of its agent pool', () => {
    const [agent] = joined([], { registrations }, [aPool({ name: 'first' }), spec]);
    expect(agent).toMatchObject({ phase: 'orphan', pool: 'first', life: { instanceSeen: false } });
  });

  test('belongs to the pool that its instance had', () => {
    const [agent] = joined([anAgent(0, 'busy')], { registrations }, [aPool({ name: 'first' }), spec]);
    expect(agent).toMatchObject({ phase: 'orphan', pool: 'linux', life: { instanceSeen: true } });
  });
});

describe('an agent whose instance is gone', () => {
  test('is forgotten when Azure does not know it', () => {
    expect(joined([anAgent(0, 'idle')], {})).toEqual([]);
  });

  test('is remembered until a reading that is as young as its end, where none has shown a registration yet', () => {
    const before = [anAgent(0, 'starting', { life: aLife() })];
    const instances = known([], NOW + 9);
    expect(joined(before, { instances, registrations: known([], NOW + 8) })).toMatchObject([{ phase: 'orphan' }]);
    expect(joined(before, { instances, registrations: known([], NOW + 9) })).toEqual([]);
    const orphan = [anAgent(0, 'orphan', { since: NOW, life: aLife() })];
    expect(joined(orphan, { instances, registrations: known([], NOW) })).toEqual([]);
    expect(joined(orphan, { instances, registrations: known([], NOW - 1) })).toHaveLength(1);
  });

  test('is remembered while Azure is unread, when it was ever activated', () => {
    const before = [anAgent(0, 'busy'), anAgent(1, 'prepared'), anAgent(2, 'preparing')];
    const agents = joined(before, { registrations: unknown() });
    expect(agents.map(({ name, phase }) => [name, phase])).toEqual([[nameOf(0), 'orphan']]);
  });
});

describe('an instance of a pool that is configured no more', () => {
  const gone = anInstance({ pool: 'gone' });
  const registrations = known([aRegistration({ assigned: JOB })]);

  test('keeps its name, and is read where another pool is for the same agent pool', () => {
    const [agent] = joined([], { instances: known([gone]), registrations });
    expect(agent).toMatchObject({ pool: 'gone', agentPool: key, phase: 'busy' });
  });

  test.each([
    ['is for an agent pool that nobody reads', anInstance({ pool: 'gone', agentPool: 'https://azure.test/org away' })],
    ['does not say what it is for', anInstance({ pool: 'gone', agentPool: undefined })],
  ])('and %s has no known registration', (_, instance) => {
    const [agent] = joined([], { instances: known([instance]), registrations });
    expect(agent).toMatchObject({
      pool: 'gone',
      agentPool: undefined,
      phase: 'starting',
      registration: { known: false },
    });
    expect(joined(agent ? [agent] : [], { registrations: known([]) })).toEqual([]);
  });
});

describe('an instance of a pool that is for another agent pool now', () => {
  const away = 'https://azure.test/org away';
  const instance = anInstance({ agentPool: away });

  test('does not belong to it any more, and is no agent without a registration', () => {
    const [agent] = joined([], { instances: known([instance]), registrations: known([]) });
    expect(agent).toMatchObject({ pool: `linux (${away})`, agentPool: undefined, registration: { known: false } });
  });

  test('is read where another pool is for that one', () => {
    const other = aPool({ name: 'other', azure: { ...spec.azure, agentPool: 'away' } });
    const readings = new Map([[away, known([aRegistration({ assigned: JOB })])]]);
    const agents = join([], { instances: known([instance]), registrations: readings }, [spec, other], OWNER, NOW);
    expect(knownValue(agents)).toMatchObject([{ pool: `linux (${away})`, agentPool: away, phase: 'busy' }]);
  });
});

describe('an instance that says the id of its agent pool', () => {
  const away = 'https://azure.test/org away';
  const named = (agentPool: string, ids: readonly (readonly [string, number])[]) => {
    const registrations = new Map(ids.map(([name]) => [name, known([aRegistration({ assigned: JOB })])]));
    const instances = known([anInstance({ agentPool, agentPoolId: 7 })]);
    const agents = join([], { instances, registrations, agentPoolIds: new Map(ids) }, [spec], OWNER, NOW);
    return knownValue(agents)?.[0];
  };

  test('belongs to its pool still when that is renamed, in Azure and in the file', () => {
    expect(named(away, [[key, 7]])).toMatchObject({ pool: 'linux', agentPool: key, phase: 'busy' });
  });

  test('is not looked for in another one that has taken the name', () => {
    expect(named(key, [[key, 8]])).toMatchObject({ agentPool: undefined, registration: { known: false } });
    expect(named(key, [[key, 8]])?.pool).not.toBe('linux');
  });

  test('is not looked for in one of the same id on another server', () => {
    const elsewhere = 'https://azure.test/other agents';
    expect(named(away, [[elsewhere, 7]])).toMatchObject({ agentPool: undefined, registration: { known: false } });
  });
});
