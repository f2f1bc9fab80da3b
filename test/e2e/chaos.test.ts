import { expect, test } from 'vitest';
import { FAULTS, isRefusal } from '../../chaos/fault.js';
import { renderTally } from '../../chaos/report.js';
import { runChaos } from '../../chaos/run-chaos.js';
import { brokenPromises } from '../../chaos/tally.js';
import { describeOnIncus } from '../../testbed/for-tests.js';

/** It draws nearly every fault within half a minute. A long run, `npm run chaos`, takes another seed each time. */
const SEED = 247;
/** A refused token is tried again after a minute only, which a long run has time for. */
const faults = FAULTS.filter(kind => !isRefusal(kind));

describeOnIncus('a pool that faults strike while it works', () => {
  test('loses no job but those that a fault itself ended, and no place', { timeout: 600_000 }, async () => {
    const told: string[] = [];
    const say = (line: string) => void told.push(line);
    const signal = new AbortController().signal;
    const tally = await runChaos({ seed: SEED, minutes: 0.5, faults, log: undefined, say, signal });
    const shown = [...told, ...renderTally(tally)].join('\n');
    expect(brokenPromises(tally), shown).toEqual([]);
    expect(tally.faults.filter(({ struck }) => struck > 0).length, shown).toBeGreaterThanOrEqual(7);
    expect(
      tally.faults.find(({ kind }) => kind === 'kill-daemon'),
      shown,
    ).toMatchObject({ struck: 1 });
    expect(tally.jobs.filter(({ verdict }) => verdict === 'ran').length, shown).toBeGreaterThan(0);
  });
});
