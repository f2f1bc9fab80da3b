import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONG } from './longest-first.js';

test('every file that is to begin first is there', () => {
  expect(readdirSync(new URL('../test/e2e/', import.meta.url))).toEqual(expect.arrayContaining([...LONG]));
});
