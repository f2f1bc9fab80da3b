import { expect, test } from 'vitest';
import { type Bursts, burstFigures, burstsTable, type Left } from './burst-figures.js';

const SEEN: Bursts = { standby: 0, jobs: 2, waits: [4000, 2000, 3000, 5000], agentsEver: [2, 3], failed: 0 };
const NOTHING: Left = { standby: 0, names: [] };

/** The figures that are not met. */
function missed(seen: Bursts, left: Left = NOTHING): readonly string[] {
  return burstFigures([seen], [left], new Map()).flatMap(({ figure, isMet }) => (isMet === false ? [figure] : []));
}

test('one agent beyond jobs and standby is let pass, and a second one in any burst is not', () => {
  expect(missed(SEEN)).toEqual([]);
  expect(missed({ ...SEEN, standby: 1, agentsEver: [3, 5] })).toEqual([
    'agents ever made beyond jobs and standby, at most in a burst',
  ]);
});

test('a job that did not end well, and whatever is left, are no goal met', () => {
  expect(missed({ ...SEEN, failed: 1 })).toEqual(['jobs that did not end well, of 4']);
  const figures = burstFigures([SEEN], [NOTHING, { standby: 4, names: ['ci-1', 'ci-2'] }], new Map());
  expect(figures.filter(({ isMet }) => isMet === false)).toMatchObject([{ measured: 'ci-1, ci-2' }]);
});

test('waits have the agents of bare calls as their floor, where each agent has to be made first', () => {
  const bare = new Map([[2, [1000, 2000, 3000]]]);
  const [empty, kept] = burstFigures([SEEN, { ...SEEN, standby: 1 }], [NOTHING], bare);
  expect(empty).toMatchObject({
    figure: 'queued → started, 2 jobs at once, standby 0',
    measured: 'min 2.00 s, median 3.50 s, max 5.00 s',
    floor: 'min 1.00 s, median 2.00 s, max 3.00 s',
    ratio: 1.75,
  });
  expect(kept).toMatchObject({ floor: '', ratio: undefined });
});

test('a burst of which no job began has no times', () => {
  expect(burstsTable([{ ...SEEN, waits: [], failed: 4 }]).rows).toEqual([
    ['0', '2', '2', '', '', '', '2, 3', '0, 1', '4'],
  ]);
});
