import type { AgentLife } from '../report/page-document.js';
import { LIVE, type Phase } from './phases.js';

/** A part of a life that is drawn in one colour. */
export interface Span {
  readonly life: AgentLife;
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

/** One place of a pool: the agents that took it, one after the other. */
export type Lane = readonly Span[];

interface Stay {
  readonly from: number;
  readonly to: number;
  readonly spans: readonly Span[];
}

/**
 * Lays the agents of a pool out in as few lanes as there were agents at a time, so that what is empty in a lane is the gap
 * between two agents. Only the time in which an agent took a place is shown. An agent goes into the lane that has been
 * empty for the shortest time: most likely it came for the one that left it. Pure.
 */
export function lanesOf(lives: Iterable<AgentLife>, from: number, to: number): Lane[] {
  const stays = [...lives].flatMap(life => stayOf(life, from, to)).sort((a, b) => a.from - b.from);
  const lanes: { spans: Span[]; freeAt: number }[] = [];
  for (const { from, to, spans } of stays) {
    const free = lanes.filter(({ freeAt }) => freeAt <= from).sort((a, b) => b.freeAt - a.freeAt)[0];
    const lane = free ?? { spans: [], freeAt: 0 };
    if (free === undefined) lanes.push(lane);
    lane.spans.push(...spans);
    lane.freeAt = to;
  }
  return lanes.map(({ spans }) => spans);
}

function stayOf(life: AgentLife, from: number, to: number): Stay[] {
  const end = Math.min(life.endedAt ?? to, to);
  const spans = life.phases.flatMap(({ at, phase }, index) => {
    const until = Math.min(life.phases[index + 1]?.at ?? end, end);
    if (!LIVE.has(phase) || until <= from || at >= to) return [];
    return [{ life, phase, from: Math.max(at, from), to: until }];
  });
  const [first, last] = [spans[0], spans.at(-1)];
  return first === undefined || last === undefined ? [] : [{ from: first.from, to: last.to, spans }];
}

/** A job that an agent ran: in which place, how long, and how long the place had nobody before that agent was online. */
export interface JobRun {
  readonly life: AgentLife;
  readonly lane: number;
  readonly from: number;
  readonly to: number;
  readonly runs: boolean;
  readonly gapMs: number | undefined;
}

/** The jobs in these lanes, the latest first. Pure. */
export function jobsIn(lanes: readonly Lane[]): JobRun[] {
  const jobs = lanes.flatMap((spans, lane) =>
    spans.flatMap((span, index) => {
      if (span.phase !== 'busy' || spans[index - 1]?.phase === 'busy') return [];
      const first = spans.findIndex(({ life }) => life === span.life);
      const before = spans[first - 1];
      const online = spans.slice(first).find(({ phase }) => phase !== 'starting') ?? span;
      const gapMs = before && online.from - before.to;
      const runs = span.life.phases.at(-1)?.phase === 'busy' && span.life.endedAt === undefined;
      return [{ life: span.life, lane, from: span.from, to: span.to, runs, gapMs }];
    }),
  );
  return jobs.sort((a, b) => b.from - a.from);
}
