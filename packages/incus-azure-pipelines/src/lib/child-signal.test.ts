import { expect, test } from 'vitest';
import { tracesOn } from '../../test/traces-on.js';
import { childSignal } from './child-signal.js';

test('aborts with its parent, for the same reason', () => {
  const parent = new AbortController();
  using child = childSignal(parent.signal);
  parent.abort('over');
  expect(child.signal.reason).toBe('over');
});

test('is aborted at once where its parent is', () => {
  using child = childSignal(AbortSignal.abort('over'));
  expect(child.signal.reason).toBe('over');
});

test('ends what it was for when it is disposed of, and leaves nothing on its parent', () => {
  const parent = new AbortController();
  const child = childSignal(parent.signal);
  child[Symbol.dispose]();
  expect(child.signal.aborted).toBe(true);
  expect(parent.signal.aborted).toBe(false);
  expect(tracesOn(parent.signal)).toBe(0);
});

test('a signal made by AbortSignal.any would be counted', () => {
  const parent = new AbortController();
  expect(AbortSignal.any([parent.signal]).aborted).toBe(false);
  expect(tracesOn(parent.signal)).toBe(1);
});
