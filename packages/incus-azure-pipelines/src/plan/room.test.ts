import { describe, expect, test } from 'vitest';
import { agentsIn, count, targets } from '../../test/planned.js';
import {
  aBase,
  anAgent,
  anInstance,
  anObserved,
  aPool,
  known,
  NOW,
  nameOf,
  OWNER,
} from '../../test/simulation/examples.js';
import type { Agent } from '../model/agent.js';
import { agentName } from '../model/agent-name.js';
import type { HostReserve, HostRoom } from '../model/host-room.js';
import type { Observed } from '../model/observed.js';
import { shapeOf } from '../model/shape.js';
import { plan } from './plan.js';

const GIB = 2 ** 30;
const SPEC = aPool({ agentCount: 8, instance: { ...aPool().instance, memoryBytes: 2 * GIB } });
const RESERVE: HostReserve = { memoryBytes: 2 * GIB, diskBytes: 10 * GIB, cores: 1 };
const PLENTY: HostRoom = { at: NOW, memoryBytes: 100 * GIB, diskBytes: 100 * GIB, cores: 64 };

function decide(hostRoom: HostRoom | undefined, agents: readonly Agent[] = [], given: Partial<Observed> = {}) {
  const observed = anObserved(agents, { hostRoom, ...given });
  const result = plan([SPEC], observed, NOW, { maxConcurrentCreates: 10, hostReserve: RESERVE });
  return { creations: count(result, 'create-instance'), waiting: result.pools.get('linux')?.waiting, result };
}

/** An instance that was born so long before now. */
function young(ms: number): Agent {
  const name = agentName('host', OWNER, NOW - ms);
  return anAgent(0, 'idle', { name, instance: anInstance({ name }) });
}

describe('the reserve of the host', () => {
  test('asks for a reading before anything is created, and only then', () => {
    expect(decide(undefined)).toMatchObject({ creations: 0, result: { asksForRoom: true } });
    const idle = agentsIn(...Array<'idle'>(8).fill('idle'));
    const full = decide(
      undefined,
      idle.map(agent => ({ ...agent, instance: anInstance({ name: agent.name, shape: shapeOf(SPEC) }) })),
    );
    expect(full.result.asksForRoom).toBeUndefined();
  });

  test('creates all that is wanted where there is room', () => {
    const { creations, result, waiting } = decide(PLENTY);
    expect([creations, waiting, result.asksForRoom]).toEqual([8, undefined, undefined]);
    expect(result.wakeAt).toBe(NOW + 15_000);
  });

  test('asks anew when the reading is old, and tells meanwhile what it said', () => {
    const old = decide({ ...PLENTY, at: NOW - 15_000, memoryBytes: 3 * GIB });
    expect(old).toMatchObject({ creations: 0, result: { asksForRoom: true } });
    expect(old.waiting).toMatch(/3 GiB of memory left/);
  });

  test('creates as many as the memory is enough for, each counted with all that it may take', () => {
    const { creations, waiting } = decide({ ...PLENTY, memoryBytes: 7 * GIB });
    expect(creations).toBe(2);
    expect(waiting).toBe(
      'the host has 7 GiB of memory left, 4 GiB of it for what was just begun; one more instance may take 2 GiB, and hostReserve.memory keeps 2 GiB',
    );
  });

  test.each([
    [29_999, 1],
    [30_000, 2],
  ])('an instance that was born %d ms ago leaves room for %d more', (ms, most) => {
    expect(decide({ ...PLENTY, memoryBytes: 7 * GIB }, [young(ms)]).creations).toBe(most);
  });

  test.each<[string, Partial<HostRoom>, number, RegExp | undefined]>([
    ['disk', { diskBytes: 12 * GIB }, 2, /12 GiB of its storage pool left.*hostReserve\.disk keeps 10 GiB/],
    ['metadata of btrfs', { metadataBytes: 100 * 2 ** 20 }, 0, /room for 100 MiB of metadata/],
    ['enough metadata', { metadataBytes: 128 * 2 ** 20 }, 8, undefined],
    ['cores', { cores: 3.5 }, 3, /3\.5 idle cores, of which 3 boot instances, and hostReserve\.cores keeps 1/],
    ['cores under load', { cores: -2 }, 0, /0 idle cores/],
  ])('looks at %s', (_, room, creations, waiting) => {
    const decided = decide({ ...PLENTY, ...room });
    expect(decided.creations).toBe(creations);
    if (waiting === undefined) expect(decided.waiting).toBeUndefined();
    else expect(decided.waiting).toMatch(waiting);
  });

  test('what is not known holds nothing up', () => {
    expect(decide({ at: NOW, error: 'forbidden' }).creations).toBe(8);
  });

  test('builds no base where there is no room for one, and says so', () => {
    const none = { bases: { known: true, value: [], at: NOW } } as const;
    const { result, waiting } = decide({ ...PLENTY, memoryBytes: 2.5 * GIB }, [], none);
    expect([count(result, 'build-base'), waiting]).toEqual([0, expect.stringMatching(/2\.5 GiB of memory left/)]);
    expect(count(decide(PLENTY, [], none).result, 'build-base')).toBe(1);
  });

  test.each([
    [0, 'base-1', 'below target'],
    [2, 'base-2', 'tries the new base'],
  ])('with room for one more and %d agents there, that one is of %s', (there, base, reason) => {
    const bases = {
      known: true,
      value: [aBase('base-1', { provenFor: ['linux'] }), aBase('base-2', { provenFor: [] })],
      at: NOW,
    } as const;
    const wantedBases = new Map([['linux', known('base-2')]]);
    const live = agentsIn(...Array<'starting'>(there).fill('starting'));
    const { result } = decide({ ...PLENTY, memoryBytes: 5 * GIB }, live, { bases, wantedBases });
    expect(result.actions).toMatchObject([{ kind: 'create-instance', base, reason }]);
  });

  test('keeps the room that an agent of a big pool waits for from the reserve of a small one', () => {
    const big = aPool({ name: 'big', agentCount: 1, reserve: 0, instance: { ...SPEC.instance, memoryBytes: 8 * GIB } });
    const small = aPool({ agentCount: 1, reserve: 2, instance: { ...SPEC.instance, memoryBytes: GIB } });
    const base = aBase('base-1', { provenFor: ['linux', 'big'] });
    const made = (memoryBytes: number) => {
      const given = { hostRoom: { ...PLENTY, memoryBytes }, bases: known([base]) };
      const observed = anObserved(agentsIn('busy'), {
        ...given,
        wantedBases: new Map([
          ['linux', known('base-1')],
          ['big', known('base-1')],
        ]),
      });
      const { actions } = plan([small, big], observed, NOW, { maxConcurrentCreates: 10, hostReserve: RESERVE });
      return actions.flatMap(action => (action.kind === 'create-instance' ? [`${action.pool} ${action.reason}`] : []));
    };
    expect(made(9 * GIB)).toEqual([]);
    expect(made(12 * GIB)).toEqual(['big below target', 'linux for the reserve', 'linux for the reserve']);
  });

  test('touches no agent while the host is full, be it of an old shape', () => {
    const idle = agentsIn(...Array<'idle'>(8).fill('idle')).map(agent => ({
      ...agent,
      instance: agent.instance && { ...agent.instance, shape: 'old' },
      life: { ...agent.life, seenOnline: true },
    }));
    expect(decide({ ...PLENTY, memoryBytes: 0 }, idle).result.actions).toEqual([]);
    expect(targets(decide(PLENTY, idle).result, 'disable-agent')).toEqual([nameOf(0)]);
  });
});
