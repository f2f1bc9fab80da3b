import { expect, test } from 'vitest';
import { KNOWN_WORLDS, mutants } from './mutants.js';

test('every bug that a world is known for is planted', () => {
  expect(mutants.map(({ bug }) => bug)).toEqual(expect.arrayContaining(Object.keys(KNOWN_WORLDS)));
});
