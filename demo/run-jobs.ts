import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import type { Scenario } from '../testbed/scenario.js';
import { Board } from './board.js';
import type { DaemonNews } from './daemon-news.js';
import type { Display } from './display.js';
import { waves } from './jobs.js';
import { type Replacement, replacements } from './replacements.js';
import type { Remains } from './results.js';
import type { JobView } from './view.js';

const minuteMs = 60_000;
const lookMs = 100;
/** Attempts at a base after which its failure is no accident. */
const lastAttempt = 3;
const baseMark = 'user.iap.base.state';

export interface Stage {
  readonly scenario: Scenario;
  readonly daemon: DaemonProcess;
  readonly display: Display;
  readonly signal: AbortSignal;
}

/** What came of it: the jobs, how quickly agents were replaced, and what was left after the drain. */
export interface Outcome {
  readonly jobs: readonly JobView[];
  readonly found: readonly Replacement[];
  readonly remains: Remains;
}

/**
 * Queues the jobs once there is somebody to run them, waits for their ends and for the last replacement, and drains.
 *
 * @throws Error when the daemon ends or cannot go on, or something takes far too long; the signal's reason.
 */
export async function runJobs(stage: Stage): Promise<Outcome> {
  const { scenario, daemon, display, signal } = stage;
  const { emulator } = scenario;
  const onlineAts = new Map<string, number>();
  const failed = new AbortController();
  using board = new Board({ emulator, daemon }, waves.flat(), {
    news: news => showNews(news, display, reason => failed.abort(new Error(reason))),
    change: text => display.change(text),
  });
  const stopped = AbortSignal.any([signal, failed.signal]);
  const off = emulator.on(event => {
    if (event.kind === 'agent-online' && !onlineAts.has(event.agentName)) onlineAts.set(event.agentName, event.at);
  });
  daemon.seen(() => false).catch((error: unknown) => failed.abort(error));

  const wait = (what: string, deadlineMs: number, holds: () => boolean | Promise<boolean>) =>
    until(holds, { what, deadlineMs, signal: stopped, daemon });
  const found = () => replacements(endsOf(board.jobs()), [...onlineAts.values()]);
  const ended = () => endsOf(board.jobs()).length;
  const planned = waves.flat().length;
  try {
    display.begin('Base that agents are copied from');
    // With nobody registered, Azure would fail the jobs at once.
    // The daemon first asks the server by an agent that is disabled.
    await wait('an agent to register', 15 * minuteMs, () => emulator.agents().some(({ enabled }) => enabled));
    display.finish();
    display.begin(`${planned} jobs through 3 agents`);
    display.watch(() => board.view());
    for (const wave of waves) {
      const before = ended();
      for (const job of wave) void board.queue(job).catch(() => undefined);
      await wait('the first jobs to end', 5 * minuteMs, () => ended() >= before + 3);
    }
    await wait('all jobs to end', 5 * minuteMs, () => ended() === planned);
    await wait('the last agent to be replaced', 2 * minuteMs, () => found().length === planned);
    display.finish();

    display.begin('Drain of the last agents');
    const answer = await scenario.call('drain');
    if (answer.code !== 0) throw new Error(`drain: ${answer.stderr.trim()}`);
    const remains = async (): Promise<Remains> => ({
      containers: (await scenario.incus.instances.list()).filter(({ config }) => config[baseMark] === undefined).length,
      registrations: emulator.agents().length,
    });
    await until(async () => Object.values(await remains()).every(count => count === 0), {
      what: 'the drain to end',
      deadlineMs: 2 * minuteMs,
      signal: stopped,
      daemon,
    }).catch((error: unknown) => {
      stopped.throwIfAborted();
      display.say(String(error));
    });
    display.finish();
    return { jobs: board.jobs(), found: found(), remains: await remains() };
  } finally {
    off();
  }
}

function showNews(news: DaemonNews, display: Display, fail: (reason: string) => void): void {
  switch (news.kind) {
    case 'phase':
    case 'gone':
      break;
    case 'progress':
      display.detail(news.text);
      break;
    case 'base-ready':
      display.finish();
      display.begin('First agents');
      break;
    case 'trouble':
      display.detail(news.text);
      if (news.deed === 'build-base' && news.count >= lastAttempt) fail(`the base cannot be built: ${news.text}`);
      break;
  }
}

function endsOf(jobs: readonly JobView[]): { requestId: number; at: number }[] {
  return jobs.flatMap(({ record }) =>
    record?.finishedAt === undefined ? [] : [{ requestId: record.requestId, at: record.finishedAt }],
  );
}

async function until(
  holds: () => boolean | Promise<boolean>,
  options: {
    readonly what: string;
    readonly deadlineMs: number;
    readonly signal: AbortSignal;
    readonly daemon: DaemonProcess;
  },
): Promise<void> {
  const giveUpAt = performance.now() + options.deadlineMs;
  while (!(await holds())) {
    options.signal.throwIfAborted();
    if (performance.now() > giveUpAt) {
      const log = options.daemon.log.slice(-5).map(line => JSON.stringify(line));
      throw new Error([`wait for ${options.what}: it took too long; the daemon's last words were:`, ...log].join('\n'));
    }
    // The signal's own reason says more than the error of a sleep that was cut short.
    await sleep(lookMs, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
  }
}
