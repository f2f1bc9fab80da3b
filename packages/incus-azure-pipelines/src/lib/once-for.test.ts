import { expect, test } from 'vitest';
import { onceFor } from './once-for.js';

test('what is made of a thing is made once, and anew of another', () => {
  let thing: { readonly n: number } | undefined;
  const made: number[] = [];
  const latest = onceFor(
    () => thing,
    ({ n }) => made.push(n),
  );
  expect(latest()).toBeUndefined();
  for (const n of [7, 8]) {
    thing = { n };
    expect([latest(), latest()]).toEqual([made.length, made.length]);
  }
  expect(made).toEqual([7, 8]);
});
