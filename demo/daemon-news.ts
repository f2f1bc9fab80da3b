import type { LogLine } from '../testbed/daemon-process.js';

/** What a line of the daemon's log means to somebody who watches. */
export type DaemonNews =
  | { readonly kind: 'phase'; readonly agent: string; readonly phase: string }
  | { readonly kind: 'gone'; readonly agent: string }
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'base-ready' }
  | { readonly kind: 'trouble'; readonly text: string; readonly deed: string | undefined; readonly count: number };

/** Reads a line of the daemon's log; undefined for what is of no interest here. */
export function daemonNews(line: LogLine): DaemonNews | undefined {
  const text = (key: string): string => {
    const value = line[key];
    return typeof value === 'string' ? value : '';
  };
  switch (line.msg) {
    case 'phase changed':
      return { kind: 'phase', agent: text('agent'), phase: text('phase') };
    case 'agent gone':
      return { kind: 'gone', agent: text('agent') };
    case 'progress':
      return { kind: 'progress', text: text('text') };
    case 'action done':
      return line.kind === 'build-base' ? { kind: 'base-ready' } : undefined;
    case 'action failed; it will be tried again':
      return { kind: 'trouble', text: text('error'), deed: text('kind'), count: Number(line.count) };
  }
  if (line.level !== 'warn' && line.level !== 'error') return undefined;
  const detail = text('error') || text('text');
  return { kind: 'trouble', text: detail === '' ? line.msg : `${line.msg}: ${detail}`, deed: undefined, count: 1 };
}
