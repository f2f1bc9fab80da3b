import { describe, expect, it } from 'vitest';
import { daemonNews } from './daemon-news.js';

describe('daemonNews', () => {
  it('reads phases, ends and progress', () => {
    expect(daemonNews({ level: 'info', msg: 'phase changed', agent: 'a', from: 'idle', phase: 'busy' })).toEqual({
      kind: 'phase',
      agent: 'a',
      phase: 'busy',
    });
    expect(daemonNews({ level: 'info', msg: 'agent gone', agent: 'a' })).toEqual({ kind: 'gone', agent: 'a' });
    expect(daemonNews({ level: 'info', msg: 'progress', text: 'Stopping.' })).toEqual({
      kind: 'progress',
      text: 'Stopping.',
    });
  });

  it('tells a failed action with its kind and how often it failed', () => {
    const line = { level: 'info', kind: 'build-base', error: 'no space', count: 2 };
    expect(daemonNews({ ...line, msg: 'action failed; it will be tried again' })).toEqual({
      kind: 'trouble',
      text: 'no space',
      deed: 'build-base',
      count: 2,
    });
  });

  it('takes any other warning for trouble, and nothing else for news', () => {
    expect(daemonNews({ level: 'warn', msg: 'cannot be read', error: 'gone' })).toMatchObject({
      text: 'cannot be read: gone',
    });
    expect(daemonNews({ level: 'info', msg: 'running' })).toBeUndefined();
    expect(daemonNews({ level: 'info', msg: 'action done', kind: 'create-instance' })).toBeUndefined();
  });
});
