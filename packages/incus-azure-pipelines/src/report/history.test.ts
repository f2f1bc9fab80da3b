import { beforeEach, describe, expect, test } from 'vitest';
import {
  anAgent,
  anObserved,
  aPool,
  aRegistration,
  JOB,
  known,
  nameOf,
  unknown,
} from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import type { Agent, AgentPhase } from '../model/agent.js';
import type { DaemonEvents } from '../model/event.js';
import type { Reading } from '../model/observed.js';
import { plan } from '../plan/plan.js';
import type { Death } from './death.js';
import { History } from './history.js';
import { statusOf } from './status.js';
import type { StatusDocument } from './status-document.js';

const HOUR_MS = 3_600_000;
const START = 10_000_000;

let events: Events<DaemonEvents>;
let status: StatusDocument | undefined;
let history: History;

beforeEach(() => {
  events = new Events(error => {
    throw error;
  });
  status = undefined;
  history = new History(events, () => status);
});

function enters(n: number, phase: AgentPhase, at: number, from?: AgentPhase, given: Partial<Agent> = {}): void {
  events.emit('phase-changed', { agent: anAgent(n, phase, given), from, at });
}

function looked(at: number, phases: readonly AgentPhase[], azure: Reading<unknown> = known([])): void {
  const desired = [aPool({ agentCount: phases.length })];
  const observed = anObserved(phases.map((phase, n) => anAgent(n, phase)));
  status = statusOf(
    desired,
    { at, observed, plan: plan(desired, observed, at, { maxConcurrentCreates: 1 }) },
    () => azure,
  );
  events.emit('pass-ended', { at });
}

function aDeath(name: string, goneAt: number, given: Partial<Death> = {}): Death {
  return {
    name,
    pool: 'linux',
    base: 'base-1',
    why: 'its job is done',
    job: 'build',
    result: 'succeeded',
    waitedMs: 5,
    requestId: 42,
    goneAt,
    phases: [{ phase: 'busy', at: goneAt - 10 }],
    memoryKills: 0,
    lastLines: '',
    ...given,
  };
}

describe('a life', () => {
  test('is told with its phases, its job and its end', () => {
    enters(0, 'idle', START);
    enters(0, 'busy', START + 10);
    enters(0, 'orphan', START + 30);
    events.emit('agent-gone', { agent: anAgent(0, 'orphan'), at: START + 40 });
    expect(history.after(0).lives).toEqual([
      {
        name: nameOf(0),
        pool: 'linux',
        base: 'base-1',
        job: 'build',
        requestId: 42,
        endedAt: START + 40,
        phases: [
          { phase: 'idle', at: START },
          { phase: 'busy', at: START + 10 },
        ],
      },
    ]);
  });

  test('is told again only when something of it has changed', () => {
    enters(0, 'idle', START);
    enters(1, 'idle', START);
    const { number } = history;
    expect(history.after(number).lives).toEqual([]);
    enters(1, 'busy', START + 10);
    expect(history.after(number).lives.map(({ name }) => name)).toEqual([nameOf(1)]);
  });

  test('has its reason from the record of its death, also of one that an earlier daemon has written', () => {
    history.died(aDeath('host-a1b2c3-old', START));
    expect(history.after(0).lives).toMatchObject([{ name: 'host-a1b2c3-old', why: 'its job is done', endedAt: START }]);
  });

  test('is not begun by a registration that is all there is left', () => {
    enters(0, 'orphan', START);
    expect(history.after(0).lives).toEqual([]);
  });

  test('keeps no text that a terminal would obey, that turns writing around, or that never ends', () => {
    const jobName = `\u001b]52;c;aGk=\u0007\u202eevil${'x'.repeat(500)}`;
    const registration = known(aRegistration({ assigned: { ...JOB, jobName } }));
    enters(0, 'busy', START, undefined, { registration });
    const job = history.after(0).lives[0]?.job ?? '';
    expect(job).toContain('\\u001b]52;c;aGk=\\u0007\\u202eevil');
    expect(job.length).toBeLessThan(130);
  });

  test('keeps of no text more than is read', () => {
    history.died(aDeath('host-a1b2c3-old', START, { result: 'x'.repeat(9_000), why: 'y'.repeat(9_000) }));
    expect(history.after(0).lives).toMatchObject([{ result: `${'x'.repeat(120)}…`, why: `${'y'.repeat(500)}…` }]);
  });
});

describe('what is kept', () => {
  test('is an hour, and the last fifty ends however old they are', () => {
    for (let n = 0; n < 60; n++) history.died(aDeath(`host-a1b2c3-${n}`, START + n));
    looked(START + HOUR_MS - 1, []);
    expect(history.after(0).lives).toHaveLength(60);
    looked(START + 2 * HOUR_MS, []);
    const { forgotten, lives, load } = history.after(0);
    expect(lives.map(({ endedAt }) => endedAt)).toEqual(Array.from({ length: 50 }, (_, n) => START + 10 + n));
    expect(forgotten).toEqual({ livesBefore: START + 10, figuresBefore: START + HOUR_MS });
    expect(load).toHaveLength(1);
  });

  test('is bounded, however much happens', () => {
    for (let n = 0; n < 4_500; n++) history.died(aDeath(`host-a1b2c3-${n}`, START + n));
    looked(START + 5_000, []);
    const { forgotten, lives } = history.after(0);
    expect(lives).toHaveLength(4_000);
    expect(forgotten.livesBefore).toBe(START + 500);
  });

  test('is looked through once in ten seconds', () => {
    for (const at of [START, START + 9_999, START + 10_000]) looked(at, []);
    expect(history.after(0).load.map(({ at }) => at)).toEqual([START, START + 10_000]);
    looked(START + 19_999, []);
    expect(history.after(0).forgotten.figuresBefore).toBe(START + 10_000 - HOUR_MS);
  });

  test('holds who lives, for as long as that is', () => {
    enters(0, 'idle', START);
    looked(START + 5 * HOUR_MS, ['idle']);
    expect(history.after(0).lives.map(({ name }) => name)).toEqual([nameOf(0)]);
  });
});

test('the load is one figure for each ten seconds, the latest of them', () => {
  looked(20_000, ['idle', 'busy']);
  looked(25_000, ['busy', 'busy']);
  looked(30_000, ['busy', 'finished']);
  expect(history.after(0).load).toEqual([
    { at: 20_000, target: 2, live: 2, busy: 2 },
    { at: 30_000, target: 2, live: 1, busy: 1 },
  ]);
});

describe('a replacement', () => {
  test('lasts from the end of a job to the next agent that is there', () => {
    looked(START, ['busy']);
    enters(0, 'finished', START + 100, 'busy');
    looked(START + 100, ['finished']);
    enters(1, 'starting', START + 200);
    enters(1, 'idle', START + 1_600, 'starting');
    expect(history.after(0).replacements).toEqual([{ at: START + 1_600, pool: 'linux', ms: 1_500 }]);
  });

  test('comes for the place that waits longest, though fewer are wanted meanwhile', () => {
    looked(START, ['busy', 'busy']);
    enters(0, 'finished', START + 100, 'busy');
    enters(1, 'finished', START + 500, 'busy');
    looked(START + 500, ['finished']);
    enters(2, 'idle', START + 1_600, 'starting');
    expect(history.after(0).replacements).toEqual([{ at: START + 1_600, pool: 'linux', ms: 1_500 }]);
  });

  test('is none where a pool is filled for the first time', () => {
    enters(0, 'starting', START);
    enters(0, 'idle', START + 100, 'starting');
    expect(history.after(0).replacements).toEqual([]);
  });

  test('is none where nobody could tell meanwhile', () => {
    enters(0, 'finished', START, 'busy');
    looked(START + 10, ['finished'], unknown());
    enters(1, 'idle', START + 90_000, 'starting');
    expect(history.after(0).replacements).toEqual([]);
  });

  test('is none of an agent that was offline and is back', () => {
    enters(0, 'offline', START, 'busy');
    enters(0, 'busy', START + 100, 'offline');
    expect(history.after(0).replacements).toEqual([]);
  });

  test('is none of an agent that said it was finished and was not', () => {
    enters(0, 'finished', START, 'busy');
    enters(0, 'busy', START + 100, 'finished');
    enters(1, 'idle', START + 200, 'starting');
    expect(history.after(0).replacements).toEqual([]);
  });
});
