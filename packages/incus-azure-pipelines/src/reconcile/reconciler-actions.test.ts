import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bench } from '../../test/reconciler-bench.js';
import { anInstance, aRegistration, JOB, known, NOW } from '../../test/simulation/examples.js';
import { settled } from '../../test/simulation/fake-clock.js';
import type { InstanceRecord } from '../model/agent.js';

const idle = anInstance();
const busy = aRegistration({ assigned: JOB });

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

afterEach(() => bench.end());

describe('an action', () => {
  test('is not started again while it runs', async () => {
    const { reconciler } = await bench.start();
    reconciler.ring();
    await settled();
    expect(bench.kinds).toEqual(['create-instance']);
  });

  test('is not started again before a reading that began after its end', async () => {
    const { reconciler, running, clock } = await bench.start({
      instances: known([idle]),
      registrations: known([busy]),
    });
    expect(bench.kinds).toEqual(['disable-agent']);
    await clock.advance(10);
    running[0]?.end();
    await settled();
    reconciler.ring();
    await settled();
    expect([bench.kinds, bench.refreshes]).toEqual([['disable-agent'], 0]);
    bench.registrations = known([busy], clock.now());
    reconciler.ring();
    await settled();
    expect(bench.kinds).toEqual(['disable-agent', 'disable-agent']);
  });

  test('is looked after within a second when it ends well', async () => {
    const { running, clock } = await bench.start();
    running[0]?.end();
    await clock.advance(999);
    expect(bench.lists).toBe(1);
    await clock.advance(1);
    expect(bench.lists).toBe(2);
  });

  test('is looked after at once when it makes room', async () => {
    const surplus = [1, 2, 3].map(n =>
      anInstance({ name: `${idle.name}${n}`, status: 'ready', activatedAt: undefined }),
    );
    const { running, clock } = await bench.start({
      instances: known([idle, ...surplus]),
      registrations: known([aRegistration()]),
    });
    await clock.advance(10_000);
    expect(bench.kinds).toContain('delete-instance');
    const { lists } = bench;
    running[bench.kinds.indexOf('delete-instance')]?.end();
    await settled();
    expect(bench.lists).toBe(lists + 1);
  });

  test('that fails is told, and tried again after its back-off', async () => {
    const { running, clock } = await bench.start();
    running[0]?.fail(new Error('disk full'));
    await settled();
    expect(bench.told.at(-1)).toMatchObject({ name: 'action-failed', event: { count: 1, retryAt: NOW + 12_000 } });
    expect(bench.reconciler.last?.plan.pools.get('linux')?.waiting).toBe('disk full');
    await clock.advance(11_999);
    expect(bench.kinds).toHaveLength(1);
    await clock.advance(1);
    expect(bench.kinds).toEqual(['create-instance', 'create-instance']);
    running[1]?.fail(new Error('disk full'));
    await settled();
    expect(bench.told.at(-1)).toMatchObject({ event: { count: 2, retryAt: NOW + 36_000 } });
  });

  test('that hangs holds up no other: the next agent is activated while a log is still being collected', async () => {
    const { clock, reconciler } = await bench.start({
      instances: known([idle]),
      registrations: known([aRegistration()]),
    });
    const look = async (...instances: readonly InstanceRecord[]) => {
      bench.instances = known(instances);
      reconciler.ring();
      await clock.advance(500);
    };
    const finished = { ...idle, status: 'ready' } as const;
    await look(finished);
    expect(bench.kinds).toEqual(['collect-log', 'disable-agent', 'create-instance']);
    const next = anInstance({ name: `${idle.name}1`, status: 'ready', activatedAt: undefined });
    await look(finished, next);
    expect(bench.kinds).toEqual(['collect-log', 'disable-agent', 'create-instance', 'activate-agent']);
  });
});

test('an agent that finished before any reading showed it has Azure read soon, once', async () => {
  const started = { ...idle, status: 'running' } as const;
  const { reconciler } = await bench.start({ instances: known([started]) });
  bench.instances = known([{ ...idle, status: 'ready' }]);
  for (let pass = 0; pass < 3; pass++) {
    reconciler.ring();
    await settled();
  }
  expect([bench.kinds, bench.refreshes]).toEqual([['collect-log', 'create-instance'], 1]);
});
