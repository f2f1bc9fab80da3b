import type { AgentLife, LoadFigure, PageDocument, Replacement } from '../report/page-document.js';
import type { StatusDocument } from '../report/status-document.js';

/** All that the page knows. */
export interface Memory {
  readonly status: StatusDocument | undefined;
  /** When the daemon began to look (epoch ms), and how often (ms) it does. */
  readonly since: number;
  readonly lookEveryMs: number;
  /** From when on (epoch ms) no life is missing that the daemon has seen. */
  readonly livesFrom: number;
  readonly lives: ReadonlyMap<string, AgentLife>;
  readonly load: readonly LoadFigure[];
  readonly replacements: readonly Replacement[];
}

export const NOTHING: Memory = {
  status: undefined,
  since: 0,
  lookEveryMs: 0,
  livesFrom: 0,
  lives: new Map(),
  load: [],
  replacements: [],
};

/** What is known once a document has come: what is new in it is added, what the daemon has forgotten is let go. Pure. */
export function remembered(before: Memory, document: PageDocument): Memory {
  const known = document.fresh ? NOTHING : before;
  const { figuresBefore, livesBefore } = document.forgotten;
  const lives = new Map(known.lives);
  for (const life of document.lives) lives.set(life.name, life);
  for (const [name, { endedAt }] of lives) if (endedAt !== undefined && endedAt < livesBefore) lives.delete(name);
  const times = new Set(document.load.map(({ at }) => at));
  return {
    status: document.status ?? known.status,
    since: document.since,
    lookEveryMs: document.lookEveryMs,
    livesFrom: livesBefore,
    lives,
    load: [...known.load.filter(({ at }) => !times.has(at)), ...document.load].filter(({ at }) => at >= figuresBefore),
    replacements: [...known.replacements, ...document.replacements].filter(({ at }) => at >= figuresBefore),
  };
}

/** Lives that ended, the latest first. */
export function ended(lives: Memory['lives']): AgentLife[] {
  const over = [...lives.values()].filter(({ endedAt }) => endedAt !== undefined);
  return over.sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
}
