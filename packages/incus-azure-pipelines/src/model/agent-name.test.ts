import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NOW, OWNER } from '../../test/simulation/examples.js';
import { agentName, birthOf, nextBirth } from './agent-name.js';

const prefixes = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const births = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2200, 0, 1) });

test('a name tells its birth to its owner, and to nobody else', () => {
  fc.assert(
    fc.property(prefixes, births, (prefix, birthAt) => {
      const name = agentName(prefix, OWNER, birthAt);
      expect(name).toMatch(/^[a-z0-9-]{1,63}$/);
      expect(birthOf(name, OWNER)).toBe(birthAt);
      expect(birthOf(name, 'a1b2c4')).toBeUndefined();
    }),
  );
});

describe('no name of ours', () => {
  test.each([
    ['somebody'],
    [`host-${OWNER}`],
    [`host-${OWNER}-short`],
    [`-${OWNER}-m0000000`],
    [`host-${OWNER}-m0000000-1`],
    [`Host-${OWNER}-m0000000`],
    [`host_1-${OWNER}-m0000000`],
    [`host-${OWNER}-m0000000\n`],
    ['host-A1B2C3-m0000000'],
  ])('%j', name => {
    expect(birthOf(name, OWNER)).toBeUndefined();
  });
});

test('the next birth is the first from now on that no name of ours has', () => {
  const named = (birthAt: number, owner = OWNER) => agentName('host', owner, birthAt);
  expect(nextBirth(NOW, [], OWNER)).toBe(NOW);
  expect(nextBirth(NOW, [named(NOW - 1)], OWNER)).toBe(NOW);
  expect(nextBirth(NOW, [named(NOW + 1), named(NOW)], OWNER)).toBe(NOW + 2);
  expect(nextBirth(NOW, [named(NOW, 'ffffff'), 'somebody'], OWNER)).toBe(NOW);
});

test('a birth is not given again after the clock was set back, though its name is gone', () => {
  const ahead = agentName('host', OWNER, NOW + 3_600_000);
  const first = nextBirth(NOW, [ahead], OWNER);
  expect(nextBirth(NOW + 1, [ahead], OWNER)).not.toBe(first);
});
