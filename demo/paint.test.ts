import { expect, it } from 'vitest';
import { paintFor } from './paint.js';

it('colours on a terminal only, and not where NO_COLOR is set to anything', () => {
  expect(paintFor({ isTTY: true }, {})('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(paintFor({ isTTY: true }, { NO_COLOR: '' })('red', 'x')).toBe('\u001b[31mx\u001b[39m');
  expect(paintFor({ isTTY: true }, { NO_COLOR: '0' })('red', 'x')).toBe('x');
  expect(paintFor({}, {})('red', 'x')).toBe('x');
});
