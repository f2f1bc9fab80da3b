import { describe, expect, it } from 'vitest';
import { replacements, spread } from './replacements.js';

describe('replacements', () => {
  it('pairs each end with the next agent that comes online, in order', () => {
    const ends = [
      { requestId: 2, at: 130 },
      { requestId: 1, at: 100 },
    ];
    expect(replacements(ends, [190, 150])).toEqual([
      { requestId: 1, ms: 50 },
      { requestId: 2, ms: 60 },
    ]);
  });

  it('counts no agent that came while every place was taken', () => {
    expect(replacements([{ requestId: 1, at: 100 }], [10, 20, 30])).toEqual([]);
    expect(replacements([{ requestId: 1, at: 100 }], [10, 140, 170])).toEqual([{ requestId: 1, ms: 40 }]);
  });
});

describe('spread', () => {
  it('takes the middle of an odd number of times, and between the middle two of an even one', () => {
    expect(spread([30, 10, 20])).toEqual({ min: 10, median: 20, max: 30 });
    expect(spread([40, 10, 20, 30])).toEqual({ min: 10, median: 25, max: 40 });
  });

  it('has nothing to say of no times', () => {
    expect(spread([])).toBeUndefined();
  });
});
