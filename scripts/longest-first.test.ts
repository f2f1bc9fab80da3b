import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONG } from './longest-first.js';

test.each(LONG)('%s is there, to begin early', path => {
  expect(existsSync(new URL(`../${path}`, import.meta.url))).toBe(true);
});
