import { expect, test } from 'vitest';
import type { AgentLife, PageDocument } from '../report/page-document.js';
import { ended, NOTHING, remembered } from './memory.js';

function aDocument(given: Partial<PageDocument>): PageDocument {
  const forgotten = { livesBefore: 0, figuresBefore: 0 };
  return {
    at: 1,
    since: 0,
    lookEveryMs: 15_000,
    fresh: false,
    lives: [],
    load: [],
    replacements: [],
    forgotten,
    ...given,
  };
}

const aLife = (name: string, endedAt?: number): AgentLife => ({
  name,
  pool: 'linux',
  phases: [],
  ...(endedAt === undefined ? {} : { endedAt }),
});
const aFigure = (at: number, busy: number) => ({ at, busy, live: 2, target: 2 });

test('what changed takes the place of what was known, and the rest stays', () => {
  const before = remembered(NOTHING, aDocument({ lives: [aLife('a'), aLife('b')], load: [aFigure(10, 1)] }));
  const after = remembered(before, aDocument({ lives: [aLife('a', 12)], load: [aFigure(10, 2), aFigure(20, 0)] }));
  expect([...after.lives.values()]).toEqual([aLife('a', 12), aLife('b')]);
  expect(after.load).toEqual([aFigure(10, 2), aFigure(20, 0)]);
});

test('what the daemon has forgotten is let go, and who lives is not', () => {
  const lives = [aLife('old', 5), aLife('new', 15), aLife('living')];
  const replacements = [5, 15].map(at => ({ at, ms: 1, pool: 'linux' }));
  const before = remembered(NOTHING, aDocument({ lives, load: [aFigure(5, 1), aFigure(15, 1)], replacements }));
  const after = remembered(before, aDocument({ forgotten: { livesBefore: 10, figuresBefore: 10 } }));
  expect([...after.lives.keys()]).toEqual(['new', 'living']);
  expect([after.load, after.replacements].map(list => list.map(({ at }) => at))).toEqual([[15], [15]]);
});

test('what another daemon has told is forgotten with it', () => {
  const before = remembered(NOTHING, aDocument({ lives: [aLife('a')], load: [aFigure(10, 1)] }));
  const after = remembered(before, aDocument({ fresh: true, lives: [aLife('b')] }));
  expect([...after.lives.keys()]).toEqual(['b']);
  expect(after.load).toEqual([]);
});

test('those that ended are told the latest first', () => {
  const { lives } = remembered(NOTHING, aDocument({ lives: [aLife('a', 5), aLife('living'), aLife('b', 9)] }));
  expect(ended(lives).map(({ name }) => name)).toEqual(['b', 'a']);
});
