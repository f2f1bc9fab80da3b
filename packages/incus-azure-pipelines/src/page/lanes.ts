import type { AgentLife } from '../report/page-document.js';
import { LIVE, type Phase } from './phases.js';

/** A part of a life that is drawn in one colour, with its own begin and end, however little of it is in the picture. */
export interface Span {
  readonly life: AgentLife;
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

/** One place of a pool: the agents that took it, one after the other. */
export type Lane = readonly Span[];

/** The time in which an agent took a place, and what of it is in the picture. */
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
  const end = life.endedAt ?? to;
  const all = life.phases.flatMap(({ at, phase }, index): Span[] =>
    LIVE.has(phase) ? [{ life, phase, from: at, to: life.phases[index + 1]?.at ?? end }] : [],
  );
  const spans = all.filter(span => span.to > from && span.from < to);
  const [first, last] = [all[0], spans.at(-1)];
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

/** The jobs in these lanes, the latest first; an agent that was lost from sight meanwhile has one all the same. Pure. */
export function jobsIn(lanes: readonly Lane[]): JobRun[] {
  const jobs = lanes.flatMap((spans, lane) => {
    const stays = staysIn(spans);
    return stays.flatMap((own, index) => jobOf(own, stays[index - 1]?.at(-1), lane) ?? []);
  });
  return jobs.sort((a, b) => b.from - a.from);
}

/** The job of the agent whose spans these are. */
function jobOf(own: readonly Span[], before: Span | undefined, lane: number): JobRun | undefined {
  const last = own.findLast(({ phase }) => phase === 'busy');
  if (last === undefined) return undefined;
  const { life } = last;
  // It may have begun before the picture.
  const from = life.phases.find(({ phase }) => phase === 'busy')?.at ?? last.from;
  const online = own.find(({ phase }) => phase !== 'starting') ?? last;
  const runs = life.phases.at(-1)?.phase === 'busy' && life.endedAt === undefined;
  return { life, lane, from, to: last.to, runs, gapMs: before && online.from - before.to };
}

/** The spans of each agent of a lane, one agent after the other. */
function staysIn(spans: Lane): Span[][] {
  const stays = new Map<AgentLife, Span[]>();
  for (const span of spans) {
    const own = stays.get(span.life);
    if (own === undefined) stays.set(span.life, [span]);
    else own.push(span);
  }
  return [...stays.values()];
}
