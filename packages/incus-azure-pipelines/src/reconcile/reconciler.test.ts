import { afterEach, describe, expect, test } from 'vitest';
import { anInstance, aPool, aRegistration, JOB, known, NOW, OWNER, unknown } from '../../test/simulation/examples.js';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { tracesOn } from '../../test/traces-on.js';
import type { Action, Executors } from '../model/action.js';
import { type InstanceRecord, type Registration, STOPPED_MS } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Reading } from '../model/reading.js';
import type { AzureObserver } from '../observe/azure-observer.js';
import type { IncusReadings } from '../observe/incus-observer.js';
import { azureKey } from '../observe/join.js';
import { Reconciler } from './reconciler.js';

const INTERVAL_MS = 15_000;
const spec = aPool({ agentCount: 1 });
const idle = anInstance();
const busy = aRegistration({ assigned: JOB });

/** An action that has started, to be ended by the test. */
interface Running {
  readonly action: Action;
  readonly end: () => void;
  readonly fail: (error: Error) => void;
}

/** A reconciler over readings that the test sets, with executors that the test ends. */
class Bench {
  readonly clock = new FakeClock(NOW);
  readonly running: Running[] = [];
  readonly told: { readonly name: keyof DaemonEvents; readonly event: unknown }[] = [];
  readonly reconciler: Reconciler;
  instances: Reading<readonly InstanceRecord[]> = known([]);
  registrations: Reading<readonly Registration[]> = known([]);
  lists = 0;
  refreshes = 0;
  /** Runs while a list is under way. */
  duringList: () => void = () => {};
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  #done: Promise<void> | undefined;

  constructor() {
    this.reconciler = new Reconciler({
      desired: [spec],
      owner: OWNER,
      incus: { read: async () => this.#read() },
      azure: new Map([[azureKey(spec.azure), this.#azure()]]),
      wantedBases: () => new Map([['linux', known('base-1')]]),
      wishes: { pools: new Set(), agents: new Set() },
      registration: () => new Map(),
      creationBlocked: () => undefined,
      executors: this.#executors(),
      clock: this.clock,
      random: () => 0.5,
      emit: (name, event) => name !== 'pass-ended' && this.told.push({ name, event }),
      reconcileIntervalMs: INTERVAL_MS,
      maxConcurrentCreates: 5,
    });
  }

  async start(): Promise<void> {
    this.#done = this.reconciler.run(this.#stop.signal, this.#abandon.signal);
    await settled();
  }

  /** Asks it to stop; the result is whether it has. */
  async stop(): Promise<boolean> {
    this.#stop.abort();
    let stopped = this.#done === undefined;
    void this.#done?.then(() => {
      stopped = true;
    });
    await settled();
    return stopped;
  }

  async end(): Promise<void> {
    await this.stop();
    for (const { end } of this.running) end();
    await this.#done;
  }

  /** What the loop has left on the signal that ends it. */
  get traces(): number {
    return tracesOn(this.#stop.signal);
  }

  get kinds(): string[] {
    return this.running.map(({ action }) => action.kind);
  }

  async #read(): Promise<IncusReadings> {
    this.lists += 1;
    this.duringList();
    const at = this.clock.now();
    const instances = this.instances.known ? { ...this.instances, at } : this.instances;
    const base = { name: 'base-1', pool: 'linux', ready: true, createdAt: 0, agentVersion: '' };
    return { instances, bases: this.instances.known ? known([base], at) : this.instances };
  }

  #azure(): Pick<AzureObserver, 'reading' | 'refresh'> {
    const azure = {
      reading: this.registrations,
      refresh: () => {
        this.refreshes += 1;
      },
    };
    return Object.defineProperty(azure, 'reading', { get: () => this.registrations });
  }

  #executors(): Executors {
    const executor = async (action: Action) => {
      await new Promise<void>((end, fail) => this.running.push({ action, end, fail }));
    };
    return {
      'build-base': executor,
      'delete-base': executor,
      'create-instance': executor,
      'activate-agent': executor,
      'listen-agent': executor,
      'enable-agent': executor,
      'collect-log': executor,
      'disable-agent': executor,
      'delete-registration': executor,
      'delete-instance': executor,
      'remove-doorbell': executor,
    };
  }
}

let bench: Bench;

async function started(given: Partial<Pick<Bench, 'instances' | 'registrations'>> = {}): Promise<Bench> {
  bench = Object.assign(new Bench(), given);
  await bench.start();
  return bench;
}

afterEach(() => bench.end());

describe('a pass', () => {
  const content = { instances: known([idle]), registrations: known([aRegistration()]) };

  test('comes at a ring', async () => {
    const { reconciler } = await started(content);
    expect(bench.lists).toBe(1);
    reconciler.ring();
    await settled();
    expect(bench.lists).toBe(2);
  });

  test('comes after the interval when nothing rings, and not before', async () => {
    const { clock } = await started(content);
    await clock.advance(INTERVAL_MS - 1);
    expect(bench.lists).toBe(1);
    await clock.advance(1);
    expect(bench.lists).toBe(2);
  });

  test('comes when the plan asked for it', async () => {
    const stopped = anInstance({ status: 'stopped' });
    const { clock } = await started({ instances: known([stopped]), registrations: known([]) });
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
    const { reconciler, clock } = await started(content);
    for (let ring = 0; ring < 5; ring++) {
      reconciler.ring();
      await settled();
    }
    expect(clock.sleeping).toBe(1);
  });

  test('leaves nothing behind on the signal that ends the loop', async () => {
    const { clock } = await started(content);
    const before = bench.traces;
    for (let pass = 0; pass < 20; pass++) await clock.advance(INTERVAL_MS);
    expect(bench.lists).toBe(21);
    expect(bench.traces).toBe(before);
  });

  test('that only looks starts nothing', async () => {
    bench = new Bench();
    const pass = await bench.reconciler.pass(new AbortController().signal);
    expect(pass.plan.actions.map(action => action.kind)).toEqual(['create-instance']);
    expect([bench.running, bench.told]).toEqual([[], []]);
  });
});

describe('readings', () => {
  test('of Incus that fail let nothing be done, until one comes', async () => {
    const { clock } = await started({ instances: unknown() });
    expect(bench.kinds).toEqual([]);
    bench.instances = known([]);
    await clock.advance(INTERVAL_MS);
    expect(bench.kinds).toEqual(['create-instance']);
  });

  test('of Incus that fail in between lose no agent', async () => {
    const { reconciler } = await started({ instances: known([idle]), registrations: known([aRegistration()]) });
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
    await started({ instances: known([idle]), registrations: unknown() });
    await bench.clock.advance(spec.timeouts.startupGraceMs * 10);
    expect(bench.kinds).toEqual([]);
  });

  test('tell once who came, who changed and who is gone', async () => {
    const { reconciler } = await started({ instances: known([idle]), registrations: known([aRegistration()]) });
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

describe('an action', () => {
  test('is not started again while it runs', async () => {
    const { reconciler } = await started();
    reconciler.ring();
    await settled();
    expect(bench.kinds).toEqual(['create-instance']);
  });

  test('is not started again before a reading that began after its end', async () => {
    const { reconciler, running, clock } = await started({ instances: known([idle]), registrations: known([busy]) });
    expect(bench.kinds).toEqual(['disable-agent']);
    await clock.advance(10);
    running[0]?.end();
    await settled();
    reconciler.ring();
    await settled();
    expect([bench.kinds, bench.refreshes]).toEqual([['disable-agent'], 1]);
    bench.registrations = known([busy], clock.now());
    reconciler.ring();
    await settled();
    expect(bench.kinds).toEqual(['disable-agent', 'disable-agent']);
  });

  test('is looked after within a second when it ends well', async () => {
    const { running, clock } = await started();
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
    const { running, clock } = await started({
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
    const { running, clock } = await started();
    running[0]?.fail(new Error('disk full'));
    await settled();
    expect(bench.told.at(-1)).toMatchObject({ name: 'action-failed', event: { count: 1, retryAt: NOW + 1_000 } });
    expect(bench.reconciler.last?.plan.pools.get('linux')?.waiting).toBe('disk full');
    await clock.advance(999);
    expect(bench.kinds).toHaveLength(1);
    await clock.advance(1);
    expect(bench.kinds).toEqual(['create-instance', 'create-instance']);
    running[1]?.fail(new Error('disk full'));
    await settled();
    expect(bench.told.at(-1)).toMatchObject({ event: { count: 2, retryAt: NOW + 3_000 } });
  });
});

describe('the word of a guest that gave up', () => {
  test('makes the next activation wait', async () => {
    bench = new Bench();
    bench.instances = known([anInstance({ status: 'ready', activatedAt: undefined })]);
    bench.reconciler.noteRegistration('linux', 'gone', 'no OAuth');
    await bench.start();
    expect(bench.kinds).toEqual([]);
    await bench.clock.advance(1_000);
    expect(bench.kinds).toEqual(['activate-agent']);
  });

  test('is not believed of an agent that Azure showed online', async () => {
    const { reconciler } = await started({ instances: known([idle]), registrations: known([aRegistration()]) });
    reconciler.noteRegistration('linux', idle.name, 'no OAuth');
    expect(reconciler.last?.observed.failures.size).toBe(0);
  });

  test('counts no more when an agent is seen online', async () => {
    const { reconciler } = await started({ instances: known([idle]) });
    reconciler.noteRegistration('linux', 'gone', 'no OAuth');
    bench.registrations = known([aRegistration()]);
    reconciler.ring();
    await settled();
    expect(reconciler.last?.observed.failures.size).toBe(0);
  });
});

describe('stopping', () => {
  test('waits for the actions that run, and starts none', async () => {
    const { running } = await started();
    expect(await bench.stop()).toBe(false);
    running[0]?.end();
    expect(await bench.stop()).toBe(true);
    expect([bench.kinds.length, bench.lists]).toEqual([1, 1]);
  });

  test('while it looks starts nothing of what it then sees', async () => {
    bench = new Bench();
    bench.duringList = () => void bench.stop();
    await bench.start();
    expect(await bench.stop()).toBe(true);
    expect(bench.kinds).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    await started({ instances: known([idle]), registrations: known([aRegistration()]) });
    expect(await bench.stop()).toBe(true);
    expect(bench.clock.sleeping).toBe(0);
  });
});
