import { describe, expect, test } from 'vitest';
import { NOW } from '../../test/simulation/examples.js';
import type { Action } from '../model/action.js';
import { Ledger } from './ledger.js';

const remove: Action = { kind: 'delete-instance', pool: 'linux', name: 'a', reason: '' };
const create: Action = { kind: 'create-instance', pool: 'linux', name: 'b', base: 'base-1', docker: false, reason: '' };
const disable: Action = { kind: 'disable-agent', pool: 'linux', name: 'c', agentId: 1, agentPool: '', reason: '' };
const collect: Action = { kind: 'collect-log', pool: 'linux', name: 'a', reason: '' };

function started(...actions: readonly Action[]): Ledger {
  const ledger = new Ledger();
  for (const action of actions) ledger.started(action);
  return ledger;
}

describe('an action is in flight', () => {
  test('while it runs, whatever is read', () => {
    const ledger = started(remove);
    ledger.settle(() => NOW + 1_000_000);
    expect([ledger.inFlight, ledger.running]).toEqual([[remove], 1]);
  });

  test('after its end, until a reading that began no earlier', () => {
    const ledger = started(remove);
    ledger.ended(remove, NOW);
    ledger.settle(() => NOW - 1);
    expect([ledger.inFlight, ledger.running]).toEqual([[remove], 0]);
    ledger.settle(() => undefined);
    expect(ledger.inFlight).toEqual([remove]);
    ledger.settle(() => NOW);
    expect(ledger.inFlight).toEqual([]);
  });

  test('after its failure too: it may have done something', () => {
    const ledger = started(remove);
    ledger.failed(remove, NOW, 'timed out', 0.5);
    expect(ledger.inFlight).toEqual([remove]);
    ledger.settle(() => NOW);
    expect(ledger.inFlight).toEqual([]);
  });

  test('each until the reading that shows it', () => {
    const ledger = started(remove, disable);
    ledger.ended(remove, NOW);
    ledger.ended(disable, NOW);
    ledger.settle(action => (action.kind === 'disable-agent' ? undefined : NOW));
    expect(ledger.inFlight).toEqual([disable]);
  });
});

describe('failures', () => {
  test('double the wait, and are forgotten at the first success', () => {
    const ledger = started(remove);
    expect(ledger.failed(remove, NOW, 'busy', 0.5)).toEqual({ count: 1, retryAt: NOW + 1_000, error: 'busy' });
    expect(ledger.failed(remove, NOW + 60_000, 'busy', 0.5)).toEqual({
      count: 2,
      retryAt: NOW + 62_000,
      error: 'busy',
    });
    expect(ledger.failures.get('delete-instance/a')?.count).toBe(2);
    ledger.ended(remove, NOW);
    expect(ledger.failures.size).toBe(0);
  });

  test('of agents that are no more are forgotten, those of pools and bases are not', () => {
    const build: Action = { kind: 'build-base', pool: 'linux', base: 'base-1', reason: '' };
    const ledger = started(remove, create, disable, build);
    for (const action of [remove, create, disable, build]) ledger.failed(action, NOW, 'busy', 0.5);
    ledger.keepOnly(new Set(['c']));
    expect([...ledger.failures.keys()]).toEqual(['create-instance/linux', 'disable-agent/c', 'build-base/base-1']);
  });

  test('of bases are forgotten once these are neither wanted nor there', () => {
    const builds = ['base-1', 'base-2'].map(
      (base): Action => ({ kind: 'build-base', pool: 'linux', base, reason: '' }),
    );
    const ledger = started(...builds);
    for (const build of builds) ledger.failed(build, NOW, 'no room', 0.5);
    ledger.keepOnly(new Set(), new Set(['base-2']));
    expect([...ledger.failures.keys()]).toEqual(['build-base/base-2']);
    ledger.keepOnly(new Set());
    expect(ledger.failures.size).toBe(1);
  });
});

test('why an agent was disabled, that it was deregistered, and when it was asked, is remembered as long as it is there', () => {
  const ledger = new Ledger();
  const about = { pool: 'linux', name: 'a', agentId: 7, agentPool: 'x' };
  ledger.ended({ kind: 'disable-agent', ...about, reason: 'above target' }, NOW);
  ledger.ended({ kind: 'delete-registration', ...about, reason: 'above target' }, NOW);
  ledger.ended({ kind: 'ask-prepared', pool: 'linux', name: 'a', reason: '' }, NOW);
  ledger.keepOnly(new Set(['a']));
  expect(ledger.disabled.get('a')).toBe('above target');
  expect([...ledger.deregistered, ...ledger.asked]).toEqual(['a', ['a', NOW]]);
  ledger.keepOnly(new Set());
  expect([ledger.disabled.size, ledger.deregistered.size, ledger.asked.size]).toEqual([0, 0, 0]);
});

test('a deletion whose answer was lost is none: its registration may be there still', () => {
  const ledger = new Ledger();
  const reason = 'above target';
  ledger.failed(
    { kind: 'delete-registration', pool: 'linux', name: 'a', agentId: 7, agentPool: 'x', reason },
    NOW,
    '',
    0,
  );
  expect(ledger.deregistered.size).toBe(0);
});

test('a collected log is remembered as long as its agent is there', () => {
  const ledger = started(collect);
  ledger.ended(collect, NOW);
  expect([...ledger.collected]).toEqual(['a']);
  ledger.keepOnly(new Set(['b']));
  expect(ledger.collected.size).toBe(0);
});

test('a warning is remembered with its time, as long as its agent is there', () => {
  const warn = { kind: 'warn-of-end', pool: 'linux', name: 'a', dueAt: NOW + 9, reason: '' } as const;
  const ledger = started(warn);
  ledger.ended(warn, NOW);
  expect([...ledger.warned]).toEqual([['a', NOW]]);
  ledger.keepOnly(new Set(['b']));
  expect(ledger.warned.size).toBe(0);
});

test('counts what fails side by side as one failure', () => {
  const others = [1, 2, 3].map(n => ({ ...create, name: `b${n}` }) as const);
  const ledger = started(...others);
  const failures = others.map((action, index) => ledger.failed(action, NOW + index, 'no room', 0.5));
  expect(failures.map(failure => failure.count)).toEqual([1, 1, 1]);
  const later = failures[2]?.retryAt ?? 0;
  expect(ledger.failed(create, later, 'no room', 0.5).count).toBe(2);
});

test('guests that give up in a row make the wait longer until one registers its agent', () => {
  const ledger = new Ledger();
  ledger.gaveUp('linux', NOW, 'no OAuth', 0.5);
  ledger.gaveUp('linux', NOW + 60_000, 'no OAuth', 0.5);
  ledger.keepOnly(new Set());
  expect([...ledger.failures]).toEqual([
    ['register-agent/linux', { count: 2, retryAt: NOW + 84_000, error: 'no OAuth' }],
  ]);
  ledger.registered('linux');
  expect(ledger.failures.size).toBe(0);
});

test('an activation that has used its instance up waits as long as a creation would', () => {
  const activate = { kind: 'activate-agent', pool: 'linux', name: 'a', agentVersion: '', reason: '' } as const;
  expect(new Ledger().failed(activate, NOW, 'busy', 0.5).retryAt).toBe(NOW + 5_000);
  expect(new Ledger().failed(activate, NOW, 'busy', 0.5, true).retryAt).toBe(NOW + 12_000);
});

test('instances that end in vain make the wait longer, each kind of end by itself, until one gets further', () => {
  const ledger = new Ledger();
  for (const at of [NOW, NOW + 60_000]) ledger.endedInVain('register-agent', 'linux', at, 'ended', 0.5);
  ledger.endedInVain('prepare-instance', 'linux', NOW, 'vanished', 0.5);
  ledger.keepOnly(new Set());
  expect([...ledger.failures]).toEqual([
    ['register-agent/linux', { count: 2, retryAt: NOW + 64_000, error: 'ended' }],
    ['prepare-instance/linux', { count: 1, retryAt: NOW + 2_000, error: 'vanished' }],
  ]);
  ledger.registered('linux');
  ledger.prepared('linux');
  expect(ledger.failures.size).toBe(0);
});

test('why an instance ends is known of what we delete, drain, or fail to make', () => {
  const ledger = started({ ...remove, reason: 'above target' }, create);
  const about = { pool: 'linux', name: 'd', agentId: 7, agentPool: 'x', reason: 'drained by a person' };
  ledger.ended({ kind: 'disable-agent', ...about }, NOW);
  ledger.ended({ kind: 'delete-registration', ...about }, NOW);
  expect(['a', 'd', 'e'].map(name => ledger.whyEnded(name))).toEqual([
    'above target',
    'drained by a person',
    undefined,
  ]);
  expect(ledger.whyEnded(create.name)).toBe('create-instance is not done with it');
  ledger.ended(create, NOW);
  expect(ledger.whyEnded(create.name)).toBeUndefined();
});
