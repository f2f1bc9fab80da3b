import type { AgentRecord, EmulatorEvent } from 'azure-pipelines-emulator';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SlotWatch } from './slot-watch.js';

/** Azure as the test says, and a clock of its own. */
class Stand implements Disposable {
  now = 0;
  shown: readonly AgentRecord[] = [];
  readonly watch: SlotWatch;
  #listener: (event: EmulatorEvent) => void = () => {};

  constructor(places: number, ...agents: readonly AgentRecord[]) {
    this.shown = agents;
    const on = (listener: (event: EmulatorEvent) => void) => {
      this.#listener = listener;
      return () => {};
    };
    this.watch = new SlotWatch({ agents: () => this.shown, on }, places, () => this.now);
  }

  /** Lets time pass, and Azure show something else from then on. */
  after(ms: number, ...agents: readonly AgentRecord[]): void {
    this.now += ms;
    this.shown = agents;
    this.watch.look();
  }

  tell(event: EmulatorEvent): void {
    this.#listener(event);
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
  }
}

function anAgent(name: string, given: Partial<AgentRecord> = {}): AgentRecord {
  const facts = { id: 1, pool: 'default', version: '', maxParallelism: 1, hasPublicKey: true, createdAt: 0 };
  return { ...facts, name, status: 'online', enabled: true, ...given };
}

const [a, b, c] = [anAgent('a'), anAgent('b'), anAgent('c')];
let stand: Stand;

beforeEach(() => {
  stand = new Stand(2, a, b);
});
afterEach(() => stand[Symbol.dispose]());

test('an agent is available while it is online and enabled, or has a job', () => {
  stand.after(1_000, a, anAgent('b', { enabled: false, assignedRequestId: 7, status: 'offline' }));
  stand.after(1_000, a, anAgent('b', { enabled: false }));
  stand.after(11_000, a, c);
  expect(stand.watch.counted).toEqual({ wantedMs: 26_000, availableMs: 15_000, handoverMs: 0 });
});

test('an agent is not available any more once its job is done, though Azure shows it for a while', () => {
  const facts = { at: 0, pool: 'default', requestId: 1, jobName: 'job', result: 'succeeded' } as const;
  stand.tell({ kind: 'job-finished', agentName: 'b', ...facts });
  stand.after(2_000, a, b);
  stand.after(1_000, a, b, c);
  expect(stand.watch.counted).toEqual({ wantedMs: 6_000, availableMs: 3_000, handoverMs: 3_000 });
});

test('an agent that a fault has struck is not available, unless it is spared', () => {
  stand.watch.strike('b');
  stand.after(11_000, a, b);
  stand.watch.spare('b');
  stand.after(1_000, a, b);
  expect(stand.watch.counted).toEqual({ wantedMs: 24_000, availableMs: 13_000, handoverMs: 0 });
});

test('the place of a frozen agent is not wanted meanwhile; outages or not, that of the pool is', () => {
  const thawed = stand.watch.freeze('b');
  stand.after(20_000, a, b);
  thawed();
  stand.after(1_000, a, b);
  expect(stand.watch.counted).toEqual({ wantedMs: 22_000, availableMs: 22_000, handoverMs: 0 });
  expect(stand.watch.all).toEqual({ wantedMs: 42_000, availableMs: 22_000, handoverMs: 0 });
});

test('an outage is left out until the pool is whole again', () => {
  const gone = stand.watch.outage('server-error');
  stand.after(4_000, a);
  gone();
  stand.after(3_000, a);
  stand.after(1_000, a, b);
  stand.after(1_000, a, b);
  expect(stand.watch.counted).toEqual({ wantedMs: 2_000, availableMs: 2_000, handoverMs: 0 });
  expect(stand.watch.outageMs.get('server-error')).toBe(8_000);
});

test('an outage is left out for one back-off step after it is gone at the most', () => {
  const gone = stand.watch.outage('fill-storage');
  stand.after(4_000, a);
  gone();
  // 1.2 times what it lasted and the first pause of twelve seconds.
  stand.after(19_200, a);
  stand.after(12_000, a);
  stand.after(1_000, a, b);
  expect(stand.watch.counted).toEqual({ wantedMs: 26_000, availableMs: 13_000, handoverMs: 0 });
});

test('faults of Azure that follow each other are backed off from as one', () => {
  const first = stand.watch.outage('server-error');
  stand.after(6_000, a);
  first();
  const second = stand.watch.outage('garbage');
  stand.after(4_000, a);
  second();
  // 1.2 times the ten seconds of both and the first pause of five.
  stand.after(17_999, a);
  expect(stand.watch.counted.wantedMs).toBe(0);
  stand.after(1, a);
  stand.after(1_000, a);
  expect(stand.watch.counted.wantedMs).toBe(2_000);
});
