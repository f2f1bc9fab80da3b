import type { AgentStatus } from '../report/status-document.js';

export type Phase = AgentStatus['phase'];

/** What phases have in common: the colour, by the name of its variables in the style sheet. */
export type Tone = 'coming' | 'ready' | 'starting' | 'idle' | 'busy' | 'going' | 'trouble';

/** How a phase looks: a colour, and a shape of its own for who sees no colours. */
export interface Look {
  readonly tone: Tone;
  /** Paths of 16 by 16 units; `line` is drawn, `area` is filled. */
  readonly line?: string;
  readonly area?: string;
  /** What it means, in a few words. */
  readonly means: string;
}

const CIRCLE = 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11z';
const DIAMOND = 'M8 1.8L14.2 8L8 14.2L1.8 8z';

/** In the order of a life. */
export const LOOKS: Readonly<Record<Phase, Look>> = {
  preparing: { tone: 'coming', line: 'M8 2.5a5.5 5.5 0 0 1 5.5 5.5M8 13.5a5.5 5.5 0 0 1-5.5-5.5', means: 'boots' },
  prepared: { tone: 'ready', line: DIAMOND, means: 'booted ahead, in reserve' },
  listening: { tone: 'ready', line: DIAMOND, area: 'M8 5.5L10.5 8L8 10.5L5.5 8z', means: 'in reserve, registered' },
  starting: { tone: 'starting', line: 'M3.5 2.5L13 8L3.5 13.5z', means: 'registers, is not online yet' },
  idle: { tone: 'idle', line: CIRCLE, means: 'waits for a job' },
  busy: { tone: 'busy', area: CIRCLE, means: 'runs a job' },
  draining: { tone: 'going', line: 'M8 2v11M3.5 8.5L8 13L12.5 8.5', means: 'takes no job any more' },
  offline: { tone: 'trouble', line: `${CIRCLE}M4 12L12 4`, means: 'not seen by Azure' },
  finished: { tone: 'going', line: 'M2.5 8.5L6.5 12.5L13.5 4', means: 'its job is done' },
  stopped: { tone: 'going', area: 'M3.5 3.5h9v9h-9z', means: 'switched off' },
  orphan: { tone: 'trouble', line: 'M3 3L13 13M13 3L3 13', means: 'only its registration is left' },
  unclear: { tone: 'trouble', line: 'M5 5.5a3 3 0 1 1 4.2 2.8Q8 9 8 10.5M8 13v.6', means: 'Incus cannot say' },
};

export const PHASES = Object.keys(LOOKS) as Phase[];

/** Phases in which an agent takes a place of its pool. */
export const LIVE: ReadonlySet<Phase> = new Set<Phase>(['starting', 'idle', 'busy', 'draining', 'offline', 'unclear']);
