import { expect, test } from 'vitest';
import { NOW } from '../../test/simulation/examples.js';
import { Ledger } from './ledger.js';

test('the first reason is kept, and each failure makes the next trial wait longer', () => {
  const ledger = new Ledger();
  ledger.trialFailed('new', NOW - 1_000, 'no OAuth', 0.5);
  ledger.trialFailed('new', NOW, 'it went away', 0.5);
  expect(ledger.failures.get('try-base/new')?.error).toBe('no OAuth');
  ledger.trialFailed('new', NOW + 60_000, 'again', 0.5);
  expect(ledger.failures.get('try-base/new')).toMatchObject({ count: 2, retryAt: NOW + 180_000, error: 'again' });
});

test('a trial is forgiven when its base works, and not by a step that went well', () => {
  const ledger = new Ledger();
  ledger.trialFailed('new', NOW, 'no OAuth', 0.5);
  const create = { kind: 'create-instance', pool: 'linux', name: 'a', base: 'new', docker: false, reason: '' } as const;
  ledger.ended({ ...create, tries: 'new' }, NOW);
  expect(ledger.failures.size).toBe(1);
  ledger.ended({ kind: 'prove-base', pool: 'linux', base: 'new', provenFor: ['linux'], reason: '' }, NOW);
  expect(ledger.failures.size).toBe(0);
});

test('a step of a trial that fails holds back the base, and not the pool', () => {
  const ledger = new Ledger();
  const create = { kind: 'create-instance', pool: 'linux', name: 'a', base: 'new', docker: false, reason: '' } as const;
  ledger.failed({ ...create, tries: 'new' }, NOW, 'broken', 0.5);
  expect([...ledger.failures]).toMatchObject([['try-base/new', { retryAt: NOW + 60_000 }]]);
});
