import { describe, expect, it } from 'vitest';
import { parseRateLimit, parseRetryAfterMs, stretchMs } from './rate-limit.js';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('parseRetryAfterMs', () => {
  it.each([
    ['7', 7000],
    ['0', 0],
    ['1.5', 1500],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['999999', 3_600_000],
    ['soon', undefined],
    ['', undefined],
    ['-3', undefined],
  ])('reads %j as %j', (text, expected) => {
    expect(parseRetryAfterMs({ 'retry-after': text }, now)).toBe(expected);
  });

  it('measures a date against the clock of the server when the server shows it', () => {
    const headers = { 'retry-after': 'Fri, 02 Jan 2026 05:00:20 GMT', date: 'Fri, 02 Jan 2026 05:00:00 GMT' };
    expect(parseRetryAfterMs(headers, now)).toBe(20_000);
  });
});

describe('parseRateLimit', () => {
  it('is undefined without any of the headers', () => {
    expect(parseRateLimit({ 'content-type': 'application/json' })).toBeUndefined();
  });

  it('turns seconds into milliseconds and keeps what is missing missing', () => {
    const headers = { 'x-ratelimit-resource': 'Core', 'x-ratelimit-delay': '1.250', 'x-ratelimit-reset': '1767323100' };
    expect(parseRateLimit(headers)).toEqual({ resource: 'Core', delayMs: 1250, resetAt: 1_767_323_100_000 });
  });
});

describe('stretchMs', () => {
  it.each([
    ['no rate limit', undefined, 0],
    ['plenty left', { limit: 200, remaining: 150 }, 0],
    ['less than a fifth left', { limit: 200, remaining: 39 }, 1000],
    ['nothing left, fresh in four seconds', { limit: 200, remaining: 0, resetAt: now + 4000 }, 4000],
    ['nothing left, fresh in a minute', { limit: 200, remaining: 0, resetAt: now + 60_000 }, 10_000],
    ['a call that was held back', { delayMs: 2500 }, 2500],
    ['a call that was held back for long', { delayMs: 29_000 }, 10_000],
  ])('%s', (_, rateLimit, expected) => {
    expect(stretchMs(rateLimit, now)).toBe(expected);
  });
});
