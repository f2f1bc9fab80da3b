import { expect, test } from 'vitest';
import { markdownTable } from './table.js';

test('aligns the columns', () => {
  const text = markdownTable({
    title: 'T',
    head: ['name', 'n'],
    rows: [
      ['a', '1'],
      ['longer', '200'],
    ],
  });
  expect(text.split('\n')).toEqual([
    '## T',
    '',
    '| name   | n   |',
    '|--------|-----|',
    '| a      | 1   |',
    '| longer | 200 |',
    '',
  ]);
});

test('keeps a bar inside its cell', () => {
  expect(markdownTable({ title: 'T', head: ['a'], rows: [['x | y']] })).toContain('| x \\| y |');
});
