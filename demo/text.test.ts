import { describe, expect, it } from 'vitest';
import { cell, cut, duration, plain, wrap } from './text.js';

describe('plain', () => {
  it('leaves nothing that a terminal could obey or that takes two cells', () => {
    expect(plain('\u001b[31mred\u0007\r\n日本\u202eevil\u009b2J')).toBe('·[31mred······evil·2J');
  });

  it('keeps Latin letters and common signs', () => {
    expect(plain('Größe: 2.0G – “ok” …')).toBe('Größe: 2.0G – “ok” …');
  });
});

describe('cut', () => {
  it('keeps what fits and marks what does not', () => {
    expect(cut('exact', 5)).toBe('exact');
    expect(cut('longer', 5)).toBe('long…');
    expect(cut('longer', 0)).toBe('');
    expect(cut('longer', -3)).toBe('');
  });
});

describe('cell', () => {
  it('is always as wide as asked', () => {
    expect(cell('a', 3)).toBe('a  ');
    expect(cell('a', 3, 'right')).toBe('  a');
    expect(cell('abcd', 3)).toBe('ab…');
  });
});

describe('duration', () => {
  it.each([
    [-5, '0.0 s'],
    [940, '0.9 s'],
    [9_960, '10 s'],
    [599_000, '599 s'],
    [600_000, '10 min'],
  ])('says %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});

describe('wrap', () => {
  it('breaks between words, and never inside one', () => {
    expect(wrap('one two three incomprehensibilities', 9)).toEqual(['one two', 'three', 'incomprehensibilities']);
  });
});
