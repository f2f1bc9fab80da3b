import { expect, test } from 'vitest';
import type { Life } from './lives.js';
import { bareWay, way } from './ways.js';

const replacement = { ended: 'old', doneAt: 100, replacement: 'new', onlineAt: 500 };
const lives = (of: Readonly<Record<string, Life>>) => ({ of: (name: string) => of[name] ?? {} });
const seen = {
  lives: lives({ old: { finishedAt: 120 }, new: { preparedAt: 90, markedAt: 200, pushedAt: 240 } }),
  unitStarts: new Map([['new', { registerAt: 300, agentAt: 400 }]]),
  registrations: { at: (name: string) => (name === 'new' ? 180 : undefined) },
  log: [
    { msg: 'action started', kind: 'create-instance', name: 'new', time: new Date(50).toISOString() },
    { msg: 'action started', kind: 'activate-agent', name: 'new', time: new Date(130).toISOString() },
  ],
  byGuest: false,
};

test('a replacement by bare calls goes from push to push', () => {
  expect(bareWay(replacement, seen).map(({ label, at }) => [label, at])).toEqual([
    ['job done', 100],
    ['doorbell', 120],
    ['a prepared one is there', 120],
    ['pushed', 240],
    ['register unit started', 300],
    ['agent unit started', 400],
    ['first request', 500],
  ]);
});

test('one by the program is also decided, registered and marked', () => {
  expect(way(replacement, seen, 'session open').map(({ label, at }) => [label, at])).toEqual([
    ['job done', 100],
    ['doorbell', 120],
    ['a prepared one is there', 120],
    ['decided', 130],
    ['registered', 180],
    ['marked', 200],
    ['pushed', 240],
    ['register unit started', 300],
    ['agent unit started', 400],
    ['session open', 500],
  ]);
});

test('a place that has to wait for a boot waits for the one that takes it', () => {
  const late = { ...seen, lives: lives({ old: { finishedAt: 120 }, new: { preparedAt: 170 } }) };
  expect(bareWay(replacement, late)[2]).toEqual({ label: 'a prepared one is there', at: 170 });
});

test('where the guest registers, it does so after its unit has started', () => {
  const labels = way(replacement, { ...seen, byGuest: true }).map(({ label }) => label);
  expect(labels.slice(3, 8)).toEqual(['decided', 'marked', 'pushed', 'register unit started', 'registered']);
});

test('what nobody saw is no moment', () => {
  const blind = { ...seen, lives: lives({}), registrations: { at: () => undefined }, log: [], unitStarts: new Map() };
  const moments = way(replacement, blind);
  expect(moments.filter(({ at }) => at !== undefined).map(({ label }) => label)).toEqual(['job done', 'first request']);
});
