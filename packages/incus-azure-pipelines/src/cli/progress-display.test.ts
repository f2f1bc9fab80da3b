import { expect, test } from 'vitest';
import type { Progress } from '../model/progress.js';
import { ProgressDisplay } from './progress-display.js';

const BUILD: readonly Progress[] = [
  { kind: 'step', text: 'Obtaining the agent.', step: 1, of: 4 },
  { kind: 'part', text: 'Downloading agent 4.275.0', done: 0.5 },
  { kind: 'step', text: 'Starting.', step: 2, of: 4 },
  { kind: 'line', text: 'The \u001b[1msystem is running.' },
];

function shown(columns?: number): string[] {
  const texts: string[] = [];
  const display = new ProgressDisplay({
    write: () => undefined,
    complain: text => texts.push(text),
    ...(columns === undefined ? {} : { columns }),
  });
  for (const progress of BUILD) display.show(progress);
  display.end();
  return texts;
}

test('is one line for each step where there is no terminal', () => {
  expect(shown()).toEqual(['1/4 Obtaining the agent.\n', '2/4 Starting.\n']);
});

test('is a bar in its place on a terminal, which nothing from a guest can command', () => {
  expect(shown(80)).toEqual(
    [
      '[--------------------] 1/4  Obtaining the agent.',
      '[###-----------------] 1/4  Obtaining the agent.  Downloading agent 4.275.0',
      '[#####---------------] 2/4  Starting.',
      '[#####---------------] 2/4  Starting.  The \\u001b[1msystem is running.',
      '',
    ].map(text => `\r\u001b[K${text}`),
  );
});

test('is never wider than the terminal', () => {
  for (const text of shown(30)) expect(text.replace('\r\u001b[K', '').length).toBeLessThan(30);
});
