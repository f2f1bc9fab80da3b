import { expect, test } from 'vitest';
import { GuestText } from './guest-text.js';

test('what a guest prints is obeyed by no terminal, and no character is lost between two pieces', () => {
  const written: string[] = [];
  const text = new GuestText({ write: piece => written.push(piece) });
  const bytes = Buffer.from('grün\u001b[2J\n\u001b]52;c;aGk=\u0007');
  text.take(bytes.subarray(0, 3));
  text.take(bytes.subarray(3));
  expect(written.join('')).toBe('grün\\u001b[2J\n\\u001b]52;c;aGk=\\u0007');
});

test('a reader that is too slow misses some of it, and is told how much', () => {
  const written: string[] = [];
  let waiting = 0;
  const text = new GuestText({ write: piece => written.push(piece), waitingBytes: () => waiting });
  text.take(Buffer.from('one'));
  waiting = 2 ** 30;
  text.take(Buffer.from('two'));
  waiting = 0;
  text.take(Buffer.from('three'));
  expect(written.join('')).toBe('one\n... 3 bytes left out: they came too fast\nthree');
});
