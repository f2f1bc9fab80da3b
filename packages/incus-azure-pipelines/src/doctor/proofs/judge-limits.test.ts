import { expect, test } from 'vitest';
import { judgeCores, judgeDisk, judgeForks, unlimited } from './judge-limits.js';

const GIB = 2 ** 30;

test.each([
  ['forked 270: Resource temporarily unavailable', 'passed'],
  ['forked 310: as many as wanted', 'failed'],
  // Something else refuses: no limit is shown by that.
  ['forked 120: Cannot allocate memory', 'untried'],
  ['', 'untried'],
] as const)('of 300 processes, "%s" has %s', (printed, outcome) => {
  expect(judgeForks(printed, 300).outcome).toBe(outcome);
});

test.each([
  ['2', 2, 8, 'passed'],
  ['4', 2, 8, 'failed'],
  // A host that has no more cores than the limit shows nothing.
  ['2', 8, 2, 'untried'],
  ['2', 2, undefined, 'passed'],
  ['nproc: command not found', 2, 8, 'untried'],
] as const)('%s cores seen, of %s allowed and %s there, are %s', (printed, limit, ofHost, outcome) => {
  expect(judgeCores(printed, limit, ofHost).outcome).toBe(outcome);
});

test.each([
  ['fallocate: fallocate failed: Disk quota exceeded', 'passed'],
  ['fallocate: fallocate failed: No space left on device', 'passed'],
  ['taken\n/root/large', 'failed'],
  ['fallocate: fallocate failed: Operation not supported', 'untried'],
] as const)('of a disk, "%s" has %s', (printed, outcome) => {
  expect(judgeDisk(printed, GIB).outcome).toBe(outcome);
});

test('a limit that the configuration does not set is open, with its risk and its key', () => {
  expect(unlimited('a guest cannot take more memory than its limit', 'all memory', 'maxRamInGb')).toMatchObject({
    outcome: 'open',
    risk: 'A guest takes all memory of the host',
    remedy: 'set maxRamInGb in the configuration',
  });
});
