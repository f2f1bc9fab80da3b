import { expect, test } from 'vitest';
import { aBase, anAgent, anInstance, anObserved, aPool, known, NOW, unknown } from '../../test/simulation/examples.js';
import type { Observed } from '../model/observed.js';
import { basesDocument } from '../report/bases-document.js';
import { formatBases } from './format-bases.js';

const DAY_MS = 86_400_000;

function listed(given: Partial<Observed>): readonly string[] {
  const agents = [anAgent(0, 'busy', { instance: anInstance({ base: 'old' }) })];
  const document = basesDocument([aPool()], anObserved(agents, given), base =>
    base === 'new' ? { kind: 'step', text: 'Starting.', step: 2, of: 6 } : undefined,
  );
  return formatBases(document, NOW).split('\n').slice(1, -1);
}

test('says what each base is kept for, the newest first', () => {
  const bases = known([
    aBase('older', { createdAt: NOW - 9 * DAY_MS }),
    aBase('old', { createdAt: NOW - 3 * DAY_MS, provenFor: ['linux'] }),
    aBase('tried', { createdAt: NOW }),
  ]);
  expect(listed({ bases, wantedBases: new Map([['linux', known('tried')]]) })).toEqual([
    expect.stringMatching(/^tried +ready +4\.275\.0 +0h ago +not yet +tried by linux$/),
    expect.stringMatching(/^old +ready +4\.275\.0 +3d ago +yes +serves linux, 1 instance was made from it$/),
    expect.stringMatching(/^older +ready +4\.275\.0 +9d ago +not yet +not needed$/),
  ]);
});

test('shows how far a build is, and why one failed', () => {
  const failures = new Map([['build-base/new', { count: 2, retryAt: NOW, error: 'no\u001b[1m mirror' }]]);
  const wanted = { bases: known([]), wantedBases: new Map([['linux', known('new')]]) };
  expect(listed({ ...wanted, failures })).toEqual([
    expect.stringMatching(/^new +building 2\/6 .* wanted by linux$/),
    '',
    'new failed 2 times: no\\u001b[1m mirror',
  ]);
});

test('says why it is not known which base a pool wants', () => {
  const bases = known([]);
  expect(listed({ bases, wantedBases: new Map([['linux', unknown()]]) })).toEqual([
    '',
    expect.stringMatching(/^linux: the base cannot be named yet: ./),
  ]);
});
