import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BENCH_INTERVAL_MS, Bench } from '../../test/reconciler-bench.js';
import { anInstance, aRegistration, known, NOW } from '../../test/simulation/examples.js';
import { settled } from '../../test/simulation/fake-clock.js';
import { STOPPED_MS } from '../model/agent.js';

const idle = anInstance();

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

afterEach(() => bench.end());

describe('a pass', () => {
  const content = { instances: known([idle]), registrations: known([aRegistration()]) };

  test('comes at a ring', async () => {
    const { reconciler } = await bench.start(content);
    expect(bench.lists).toBe(1);
    reconciler.ring();
    await settled();
    expect(bench.lists).toBe(2);
  });

  test('comes after the interval when nothing rings, and not before', async () => {
    const { clock } = await bench.start(content);
    await clock.advance(BENCH_INTERVAL_MS - 1);
    expect(bench.lists).toBe(1);
    await clock.advance(1);
    expect(bench.lists).toBe(2);
  });

  test('comes when the plan asked for it', async () => {
    const stopped = anInstance({ status: 'stopped' });
    const { clock } = await bench.start({ instances: known([stopped]), registrations: known([]) });
    expect(bench.reconciler.last?.plan.wakeAt).toBe(NOW + STOPPED_MS);
    bench.instances = known([stopped], NOW + STOPPED_MS);
    await clock.advance(STOPPED_MS);
    expect(bench.kinds).toContain('delete-instance');
  });

  test('comes again when something rang while it looked', async () => {
    bench = Object.assign(new Bench(), content);
    bench.duringList = () => {
      if (bench.lists === 1) bench.reconciler.ring();
    };
    await bench.start();
    expect(bench.lists).toBe(2);
  });

  test('leaves no timer behind', async () => {
    const { reconciler, clock } = await bench.start(content);
    for (let ring = 0; ring < 5; ring++) {
      reconciler.ring();
      await settled();
    }
    expect(clock.sleeping).toBe(1);
  });

  test('leaves nothing behind on the signal that ends the loop', async () => {
    const { clock } = await bench.start(content);
    const before = bench.traces;
    for (let pass = 0; pass < 20; pass++) await clock.advance(BENCH_INTERVAL_MS);
    expect(bench.lists).toBe(21);
    expect(bench.traces).toBe(before);
  });

  test('that only looks starts nothing', async () => {
    const pass = await bench.reconciler.pass(new AbortController().signal);
    expect(pass.plan.actions.map(action => action.kind)).toEqual(['create-instance']);
    expect([bench.running, bench.told]).toEqual([[], []]);
  });
});

describe('stopping', () => {
  test('waits for the actions that run, and starts none', async () => {
    const { running } = await bench.start();
    expect(await bench.stop()).toBe(false);
    running[0]?.end();
    expect(await bench.stop()).toBe(true);
    expect([bench.kinds.length, bench.lists]).toEqual([1, 1]);
  });

  test('while it looks starts nothing of what it then sees', async () => {
    bench.duringList = () => void bench.stop();
    await bench.start();
    expect(await bench.stop()).toBe(true);
    expect(bench.kinds).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    await bench.start({ instances: known([idle]), registrations: known([aRegistration()]) });
    expect(await bench.stop()).toBe(true);
    expect(bench.clock.sleeping).toBe(0);
  });
});
