import { expect, it } from 'vitest';
import { foreignText } from './redact.js';

it('cuts only after the secrets are gone, so that no half of one stays', () => {
  const text = foreignText(`${'x'.repeat(495)}topsecrettoken`, ['topsecrettoken']);
  expect(text).not.toContain('tops');
  expect(text.length).toBeLessThanOrEqual(501);
});

it('makes one printable line of anything', () => {
  expect(foreignText('a\r\nb\u001b[2Jc\u202ed\te', [])).toBe('a b [2Jc d e');
});
