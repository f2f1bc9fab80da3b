import { array, assert, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRange, type IpRange, isWithin, parseRange, remainder } from './ip-ranges.js';

function range(text: string): IpRange {
  const found = parseRange(text);
  if (found === undefined) throw new Error(`${text} is no range`);
  return found;
}

describe('a range', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/8', '10.0.0.0-10.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['203.0.113.128/25', '203.0.113.128-203.0.113.255'],
    ['fd00::1', 'fd00:0:0:0:0:0:0:1'],
    ['fc00::/7', 'fc00:0:0:0:0:0:0:0-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['::ffff:10.1.2.3', '0:0:0:0:0:ffff:a01:203'],
  ])('is read from %s', (text, written) => {
    expect(formatRange(range(text))).toBe(written);
  });

  it.each(['', 'name', '10.1.2', '10.1.2.3/33', '10.1.2.3/a', 'fd00::/129', '10.0.0.0/8/8'])(
    'is not read from "%s"',
    text => {
      expect(parseRange(text)).toBeUndefined();
    },
  );
});

describe('what is left of a range', () => {
  it('is what lies between the others, in order', () => {
    const left = remainder(range('10.0.0.0/8'), ['10.64.0.0/10', '10.0.0.0/16', '10.64.0.0/16'].map(range));
    expect(left.map(formatRange)).toEqual(['10.1.0.0-10.63.255.255', '10.128.0.0-10.255.255.255']);
  });

  it('is nothing where the others cover it, and all where they are of the other family', () => {
    expect(isWithin(range('10.1.0.0/16'), ['10.1.0.0/17', '10.1.128.0/17'].map(range))).toBe(true);
    expect(isWithin(range('10.1.0.0/16'), ['10.1.0.0/17'].map(range))).toBe(false);
    expect(remainder(range('10.0.0.0/8'), [range('::/0')]).map(formatRange)).toEqual(['10.0.0.0-10.255.255.255']);
  });

  it('has an address exactly when none of the others has it', () => {
    const cuts = array(tuple(nat(255), nat(255)), { maxLength: 6 });
    assert(
      property(cuts, nat(255), (ends, probe) => {
        const others = ends.map(([a, b]) => ({
          family: 4 as const,
          first: BigInt(Math.min(a, b)),
          last: BigInt(Math.max(a, b)),
        }));
        const has = (ranges: readonly IpRange[]) =>
          ranges.some(({ first, last }) => first <= BigInt(probe) && BigInt(probe) <= last);
        const whole = { family: 4 as const, first: 0n, last: 255n };
        expect(has(remainder(whole, others))).toBe(!has(others));
      }),
    );
  });
});
