import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BENCH_INTERVAL_MS, BENCH_POOL, Bench } from '../../test/reconciler-bench.js';
import { anInstance, aRegistration, JOB, known, unknown } from '../../test/simulation/examples.js';
import { settled } from '../../test/simulation/fake-clock.js';
import type { Registration } from '../model/agent.js';

const idle = anInstance();

let bench: Bench;

beforeEach(() => {
  bench = new Bench();
});

afterEach(() => bench.end());

describe('readings', () => {
  test('of Incus that fail let nothing be done, until one comes', async () => {
    const { clock } = await bench.start({ instances: unknown() });
    expect(bench.kinds).toEqual([]);
    bench.instances = known([]);
    await clock.advance(BENCH_INTERVAL_MS);
    expect(bench.kinds).toEqual(['create-instance']);
  });

  test('of Incus that fail in between lose no agent', async () => {
    const { reconciler } = await bench.start({ instances: known([idle]), registrations: known([aRegistration()]) });
    bench.instances = unknown();
    reconciler.ring();
    await settled();
    bench.instances = known([idle]);
    reconciler.ring();
    await settled();
    expect(bench.told).toMatchObject([
      { name: 'phase-changed', event: { agent: { phase: 'idle' } } },
      { name: 'reading-changed', event: { known: false } },
      { name: 'reading-changed', event: { known: true } },
    ]);
  });

  test('of Azure that fail end nothing', async () => {
    await bench.start({ instances: known([idle]), registrations: unknown() });
    await bench.clock.advance(BENCH_POOL.timeouts.startupGraceMs * 10);
    expect(bench.kinds).toEqual([]);
  });

  test('tell once who came, who changed and who is gone', async () => {
    const { reconciler } = await bench.start({ instances: known([idle]), registrations: known([aRegistration()]) });
    bench.registrations = known([aRegistration({ enabled: false, assigned: JOB })]);
    reconciler.ring();
    await settled();
    bench.instances = known([]);
    bench.registrations = known([]);
    reconciler.ring();
    await settled();
    const told = bench.told.filter(({ name }) => name === 'phase-changed' || name === 'agent-gone');
    expect(told).toMatchObject([
      { name: 'phase-changed', event: { from: undefined, agent: { phase: 'idle' } } },
      { name: 'phase-changed', event: { from: 'idle', agent: { phase: 'busy' } } },
      { name: 'agent-gone', event: { agent: { phase: 'busy' } } },
    ]);
  });
});

describe('the word of a guest that gave up', () => {
  test('makes the next activation wait', async () => {
    bench.instances = known([anInstance({ status: 'ready', activatedAt: undefined })]);
    bench.reconciler.noteRegistration('linux', 'gone', 'no OAuth');
    await bench.start();
    expect(bench.kinds).toEqual([]);
    await bench.clock.advance(12_000);
    expect(bench.kinds).toEqual(['activate-agent']);
  });

  test('waits for a reading that began after it: a job may have been so short that none shows it yet', async () => {
    const starting = { instances: known([idle]) };
    const { clock, reconciler } = await bench.start(starting);
    await clock.advance(10);
    reconciler.noteRegistration('linux', idle.name, 'no OAuth');
    const failuresAfter = async (registrations: readonly Registration[], at: number) => {
      bench.registrations = known(registrations, at);
      reconciler.ring();
      await settled();
      return reconciler.last?.observed.failures.size;
    };
    expect(await failuresAfter([], clock.now() - 1)).toBe(0);
    expect(bench.refreshes).toBe(1);
    expect(await failuresAfter([aRegistration({ online: false, completed: JOB })], clock.now())).toBe(0);
    reconciler.noteRegistration('linux', 'another', 'no OAuth');
    expect(await failuresAfter([], clock.now())).toBe(1);
  });

  test('is not believed of an agent that Azure showed online', async () => {
    const { reconciler } = await bench.start({ instances: known([idle]), registrations: known([aRegistration()]) });
    reconciler.noteRegistration('linux', idle.name, 'no OAuth');
    expect(reconciler.last?.observed.failures.size).toBe(0);
  });

  test('counts no more when an agent is seen online', async () => {
    const { reconciler } = await bench.start({ instances: known([idle]) });
    reconciler.noteRegistration('linux', 'gone', 'no OAuth');
    bench.registrations = known([aRegistration()]);
    reconciler.ring();
    await settled();
    expect(reconciler.last?.observed.failures.size).toBe(0);
  });
});
