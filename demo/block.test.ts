import { describe, expect, it } from 'vitest';
import { renderBlock } from './block.js';
import { jobView } from './for-tests.js';
import { noPaint } from './paint.js';
import type { View } from './view.js';

const view: View = {
  now: 20_000,
  agents: [
    { name: 'demo-4fe804-mwtz63xy', phase: 'busy', since: 5_000 },
    { name: 'demo-4fe804-mwtz63xz', phase: 'idle', since: 19_500 },
  ],
  jobs: [
    jobView('the system', {
      startedAt: 1_000,
      finishedAt: 1_400,
      result: 'succeeded',
      lines: ['Debian', '##[section]x'],
    }),
    jobView('work', {
      startedAt: 6_000,
      agentName: 'demo-4fe804-mwtz63xy',
      lines: ['a line \u001b[2J that is long, '.repeat(3)],
    }),
    jobView('fail', { startedAt: 2_000, finishedAt: 4_000, result: 'failed' }, 'failed'),
    jobView('broken', { startedAt: 2_000, finishedAt: 14_000, result: 'failed' }),
    jobView('wait', { queuedAt: 12_000 }),
    jobView('later', undefined),
  ],
};

describe('renderBlock', () => {
  it('shows agents with their jobs, and jobs with their state, time and last line', () => {
    expect(renderBlock(view, { columns: 80, rows: 23 }, noPaint)).toEqual([
      'Agents  1 busy · 1 idle',
      '  demo-4fe804-mwtz63xy    busy               15 s  work',
      '  demo-4fe804-mwtz63xz    idle              0.5 s',
      '',
      'Jobs    2 ended as meant · 1 running · 1 ended otherwise · 1 queued · 1 to come',
      '  ✓ the system            succeeded         0.4 s  Debian',
      '  ▸ work                  running            14 s  a line ·[2J that is long, a …',
      '  ✓ fail                  failed, as meant  2.0 s',
      '  ✗ broken                failed, not suc…   12 s',
      '  · wait                  queued            8.0 s',
      '    later                 to come',
    ]);
  });

  it.each([60, 80, 81, 200])('fits %d columns', columns => {
    const widths = renderBlock(view, { columns, rows: 40 }, noPaint).map(line => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
  });

  it('lets jobs that have ended make room for those that have not', () => {
    const lines = renderBlock(view, { columns: 80, rows: 9 }, noPaint);
    expect(lines).toHaveLength(9);
    expect(lines.slice(5).map(line => line.slice(0, 10).trimEnd())).toEqual([
      '  (3 more)',
      '  ▸ work',
      '  · wait',
      '    later',
    ]);
  });

  it.each([0, 1, 3, 6])('is never higher than %d rows', rows => {
    expect(renderBlock(view, { columns: 80, rows }, noPaint).length).toBeLessThanOrEqual(rows);
  });
});
