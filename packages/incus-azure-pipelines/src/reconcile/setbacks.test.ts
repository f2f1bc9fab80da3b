import { beforeEach, describe, expect, test } from 'vitest';
import { aLife, anAgent, anInstance, aRegistration, JOB, known, NOW, nameOf } from '../../test/simulation/examples.js';
import type { Agent, IdsFrom } from '../model/agent.js';
import type { Reading } from '../model/reading.js';
import { Ledger } from './ledger.js';
import { Setbacks } from './setbacks.js';

const AGENT_POOL = 'agents';
const starting = anAgent(0, 'starting', { agentPool: AGENT_POOL, life: aLife() });
const preparing = anAgent(0, 'preparing', { instance: anInstance({ activatedAt: undefined }), life: aLife() });

let ledger: Ledger;
let setbacks: Setbacks;

beforeEach(() => {
  ledger = new Ledger();
  setbacks = new Setbacks(ledger, () => 0.5);
});

function see(before: readonly Agent[], after: readonly Agent[], at = NOW): readonly string[] {
  setbacks.see({ before, after }, undefined, at);
  return [...ledger.failures.keys()];
}

function read(reading: Reading<readonly ReturnType<typeof aRegistration>[]>, at = NOW): readonly string[] {
  setbacks.settle(new Map([[AGENT_POOL, reading]]), at);
  return [...ledger.failures.keys()];
}

describe('an agent that is finished and was never seen online', () => {
  const finished = anAgent(0, 'finished', { agentPool: AGENT_POOL, life: aLife() });

  test('makes its pool wait once a reading shows no job of it either', () => {
    expect(see([starting], [finished])).toEqual([]);
    expect(setbacks.takeAsked()).toEqual([AGENT_POOL]);
    expect(read(known([], NOW - 1))).toEqual([]);
    expect(read(known([], NOW))).toEqual(['register-agent/linux']);
    expect(ledger.failures.get('register-agent/linux')?.retryAt).toBe(NOW + 2_000);
  });

  test('costs nothing where a reading shows that it has had a job', () => {
    see([starting], [finished]);
    expect(read(known([aRegistration({ online: false, completed: JOB })], NOW))).toEqual([]);
  });

  test('makes its pool wait at once where one before it has, until a reading shows its job', () => {
    ledger.endedInVain('register-agent', 'linux', NOW - 60_000, 'ended', 0.5);
    see([starting], [finished]);
    expect(ledger.failures.get('register-agent/linux')).toMatchObject({ count: 2, retryAt: NOW + 4_000 });
    expect(read(known([aRegistration({ online: false, completed: JOB })], NOW))).toEqual([]);
  });
});

test('an instance that vanishes before it is an agent makes its pool wait at once, until one is prepared', () => {
  expect(see([preparing], [])).toEqual(['prepare-instance/linux']);
  expect(see([], [anAgent(1, 'prepared')])).toEqual([]);
});

test('one that is prepared with the user ids of another does not show that instances can be', () => {
  const prepared = (n: number, idsFrom: IdsFrom) =>
    anAgent(n, 'prepared', { instance: anInstance({ name: nameOf(n), idsFrom, activatedAt: undefined }) });
  expect(see([preparing], [])).toEqual(['prepare-instance/linux']);
  expect(see([], [prepared(1, 'none/1065536'), prepared(2, 'none/1065536')])).toEqual(['prepare-instance/linux']);
  expect(see([], [prepared(1, 'none/1065536'), prepared(2, 'none/1131072')])).toEqual([]);
});

test('an agent that is seen online shows that agents can be', () => {
  ledger.endedInVain('register-agent', 'linux', NOW, 'ended', 0.5);
  expect(see([starting], [{ ...starting, phase: 'idle', life: aLife({ seenOnline: true }) }])).toEqual([]);
});

test('one whose instance is gone and that a list shows again does not show that agents can be', () => {
  ledger.endedInVain('register-agent', 'linux', NOW, 'ended', 0.5);
  const back = anAgent(1, 'orphan', { life: aLife({ instanceSeen: false, seenOnline: true }) });
  expect(see([starting], [starting, back])).toEqual(['register-agent/linux']);
});

test('what the guest says itself tells more than its end, and waits as long as a creation', () => {
  see([starting], []);
  const doubt = { name: nameOf(0), pool: 'linux', tried: undefined, agentPool: AGENT_POOL, since: NOW };
  setbacks.doubt({ ...doubt, error: 'no OAuth', isTold: true });
  read(known([], NOW));
  expect(ledger.failures.get('register-agent/linux')).toEqual({ count: 1, retryAt: NOW + 12_000, error: 'no OAuth' });
});
