import { expect, test } from 'vitest';
import { screenOf } from './output.js';
import { drawing, watch } from './watch.js';

const SCREEN = { columns: 10, rows: 4 };

test('a drawing holds no more lines than the screen, says how many are left out, and cuts each to its width', () => {
  const drawn = drawing('a line that is long\nb\nc\nd\n', SCREEN);
  expect(drawn).toBe('\u001b[Ha line th…\u001b[K\nb\u001b[K\n... and 2…\u001b[K\n\u001b[J');
});

test('a terminal that tells no size shows a drawing all the same', () => {
  expect(drawing('all\nof it', screenOf({ columns: 0, rows: 0 }))).toMatch(/all.*\n.*of it/);
  expect(screenOf({ columns: 100, rows: 30 })).toEqual({ columns: 100, rows: 30 });
});

test('draws until it is stopped, and goes on after a failure that it shows', async () => {
  const stop = new AbortController();
  const drawn: string[] = [];
  const texts = ['one', new Error('no daemon answers'), 'two'];
  const show = async () => {
    const text = texts.shift();
    if (texts.length === 0) stop.abort();
    if (text instanceof Error) throw text;
    return text ?? '';
  };
  const screen = () => ({ columns: 80, rows: 24 });
  const clock = { sleep: async () => {} };
  await watch(show, { write: text => drawn.push(text), screen, clock, signal: stop.signal });
  expect(drawn.slice(1).map(text => /(one|no daemon answers|two)/.exec(text)?.[0])).toEqual([
    'one',
    'no daemon answers',
    'two',
  ]);
});
