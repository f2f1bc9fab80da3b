import { expect, test } from 'vitest';
import { completedLine, connectErrorLine, listeningLine, reconnectedLine, runningLine } from './console-lines.js';

const at = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

test('prints the lines that keepers of an agent look for', () => {
  expect(listeningLine(at)).toBe('2026-01-02 03:04:05Z: Listening for Jobs');
  expect(runningLine(at, 'Build: it')).toBe('2026-01-02 03:04:05Z: Running job: Build: it');
  expect(completedLine(at, 'Build: it', 'succeededWithIssues')).toBe(
    '2026-01-02 03:04:05Z: Job Build: it completed with result: SucceededWithIssues',
  );
  expect(connectErrorLine(at, 'no route')).toBe(
    '2026-01-02 03:04:05Z: Agent connect error: no route. Retrying until reconnected.',
  );
  expect(reconnectedLine(at)).toBe('2026-01-02 03:04:05Z: Agent reconnected.');
});
