import { expect, test } from 'vitest';
import type { Trial } from './proof.js';
import { trySteps } from './try-steps.js';

const red: Trial = { fact: 'a', tried: 'sh', came: 'it came through', outcome: 'failed' };
const first = { facts: ['a'], attempt: async () => [red] };
const hung = { facts: ['b', 'c'], attempt: () => Promise.reject(new Error('the guest is gone')) };

test('what a step found is told also where another one cannot be tried to its end', async () => {
  expect(await trySteps([hung, first, hung], new AbortController().signal)).toMatchObject([
    { fact: 'b', outcome: 'untried', came: 'the guest is gone' },
    { fact: 'c', outcome: 'untried' },
    red,
    { fact: 'b', outcome: 'untried' },
    { fact: 'c', outcome: 'untried' },
  ]);
});

test('when it is stopped, nothing is told', async () => {
  await expect(trySteps([first], AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
