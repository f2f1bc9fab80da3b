import { setTimeout as delay } from 'node:timers/promises';
import { Program } from '../program.js';
import { type PublishedWaits, publishedWaits } from '../published-waits.js';
import type { Figure, Outcome } from '../report/outcome.js';
import { seconds } from '../report/words.js';
import { Sightings } from '../sightings.js';
import { standInPackage } from '../stand-in-package.js';
import { isAgentName } from '../stand-in-work.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const START_DELAY_MS = 4_000;
const AGENTS = 2;
const WAIT_MS = 240_000;
/** Left to the program: whatever the bench and its scenario set otherwise. */
const DEFAULTS = {
  reserve: undefined,
  registration: undefined,
  docker: undefined,
  azurePollInterval: undefined,
  maxConcurrentCreates: undefined,
};
/** The agent rests so long after a poll that brought nothing, as its own documentation has it. */
const DOCUMENTED_PAUSE_MS = [5_000, 15_000] as const;
/** A poll that brings nothing and the rest after it: a job may be queued at any moment of that. */
const POLL_CYCLE_MS = 60_000;

/**
 * From the queue to the first line of the first step, with an idle agent there and default settings. Judged without the
 * agent's own pause between polls, which is nobody's to shorten, and reported with it.
 */
export async function measureFirstLine(workbench: Workbench): Promise<Outcome> {
  const { quick } = workbench;
  const without = await firstLines(workbench, { pollPauseMs: [0, 0], jobs: quick ? 4 : 24, latestMs: 0 });
  const often = { pollPauseMs: DOCUMENTED_PAUSE_MS, jobs: quick ? 2 : 12, latestMs: POLL_CYCLE_MS };
  const withPause = await firstLines(workbench, often);
  return {
    name: 'first-line',
    conditions: [
      `default settings, so with docker, a reserve of 1 and registration auto; the stand-in agent (Node), whose start takes`,
      `${START_DELAY_MS / 1000} s more; ${AGENTS} agents, all of them back before the next job is queued`,
    ].join(' '),
    figures: [
      ...figuresOf(without, `agents start in ${START_DELAY_MS / 1000} s`, true),
      ...figuresOf(withPause, 'at any moment, with its pause between polls', false),
    ],
    tables: [],
    raw: { without, withPause },
  };
}

interface FirstLines {
  readonly waits: readonly number[];
  readonly published: PublishedWaits;
}

interface Queueing {
  readonly pollPauseMs: readonly [number, number];
  readonly jobs: number;
  /** A job is queued at some moment up to this one after the agents are there. */
  readonly latestMs: number;
}

async function firstLines(workbench: Workbench, queueing: Queueing): Promise<FirstLines> {
  const { say, signal } = workbench;
  const { jobs, latestMs, pollPauseMs } = queueing;
  const agentPackage = await standInPackage({ startDelayMs: START_DELAY_MS, pollPauseMs, signal });
  await using program = await Program.start(workbench, { agentPackage, settings: DEFAULTS });
  const { emulator } = program.scenario;
  const online = new Sightings();
  const lines = new Map<number, number>();
  const off = emulator.on(event => {
    if (event.kind === 'agent-online' && isAgentName(event.agentName))
      online.add({ kind: 'online', name: event.agentName, at: event.at });
    if (event.kind === 'job-line' && !lines.has(event.requestId) && event.line.includes('first line'))
      lines.set(event.requestId, event.at);
  });
  const seen = await program.run({ agentCount: AGENTS }, async daemon => {
    const waits: number[] = [];
    for (let turn = 0; turn < jobs; turn++) {
      // Every agent is back before the next job: the figure is about an idle agent, not about a replacement.
      await online.reach('online', AGENTS + turn, WAIT_MS, signal);
      await delay(Math.random() * latestMs, undefined, { signal });
      const queuedAt = Date.now();
      const steps = [{ script: 'echo first line' }];
      const { requestId, finished } = emulator.queueJob({ name: `job ${turn}`, steps });
      const { result } = await finished;
      const lineAt = lines.get(requestId);
      if (lineAt === undefined) throw new Error(`job ${turn} ended as "${result}", and its first line was not seen`);
      waits.push(lineAt - queuedAt);
    }
    return { waits, published: await publishedWaits(daemon, jobs, signal) };
  });
  off();
  say(`queued → first line, agents pause ${pollPauseMs.join(' to ')} ms: ${told(seen.waits)}`);
  return seen;
}

function figuresOf({ waits, published }: FirstLines, condition: string, judged: boolean): readonly Figure[] {
  const summary = summarise(waits);
  const plain = { floor: '', ratio: undefined };
  return [
    {
      figure: `queued → first line of the first step, an idle agent there, ${condition}`,
      measured: told(waits),
      ...plain,
      goal: judged ? 'p50 ≤ 1 s, p99 ≤ 3 s' : '',
      isMet: judged ? summary && summary.median <= 1_000 && summary.p99 <= 3_000 : undefined,
    },
    {
      figure: `queued → taken by an agent, as the daemon publishes it, ${condition}`,
      measured: `p50 ${seconds(published.p50Ms)}, p99 ${seconds(published.p99Ms)}, n ${published.count}`,
      ...plain,
      goal: '',
      isMet: undefined,
    },
  ];
}

function told(waits: readonly number[]): string {
  const summary = summarise(waits);
  if (summary === undefined) return 'nothing seen';
  return `p50 ${seconds(summary.median)}, p99 ${seconds(summary.p99)}, longest ${seconds(summary.max)}, n ${summary.count}`;
}
