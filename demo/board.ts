import type { Emulator, EmulatorEvent } from 'azure-pipelines-emulator';
import type { DaemonProcess } from '../testbed/daemon-process.js';
import { type DaemonNews, daemonNews } from './daemon-news.js';
import type { DemoJob } from './jobs.js';
import { type AgentView, isOfTheJob, type JobView, resultOf, type View } from './view.js';

/** Gathers what daemon and emulator tell into what is to be seen, and passes each change on. */
export class Board implements Disposable {
  readonly #emulator: Emulator;
  readonly #planned: readonly DemoJob[];
  readonly #agents = new Map<string, AgentView>();
  readonly #requestIds = new Map<DemoJob, number>();
  readonly #off: readonly (() => void)[];

  constructor(
    sources: { readonly emulator: Emulator; readonly daemon: DaemonProcess },
    planned: readonly DemoJob[],
    tell: { readonly news: (news: DaemonNews) => void; readonly change: (text: string) => void },
  ) {
    this.#emulator = sources.emulator;
    this.#planned = planned;
    this.#off = [
      sources.daemon.on(line => {
        const news = daemonNews(line);
        if (news === undefined) return;
        this.#note(news, tell.change);
        tell.news(news);
      }),
      sources.emulator.on(event => {
        const change = this.#changeOf(event);
        if (change !== undefined) tell.change(change);
      }),
    ];
  }

  /** Queues a job of the demo. */
  queue(job: DemoJob): Promise<unknown> {
    const queued = this.#emulator.queueJob({ name: job.name, steps: [{ script: job.script }] });
    this.#requestIds.set(job, queued.requestId);
    return queued.finished;
  }

  /** What is to be seen now. */
  view(): View {
    return { now: Date.now(), agents: [...this.#agents.values()], jobs: this.jobs() };
  }

  /** All jobs of the demo, in their order, queued or not. */
  jobs(): JobView[] {
    const records = this.#emulator.jobs();
    return this.#planned.map(job => ({
      job,
      record: records.find(({ requestId }) => requestId === this.#requestIds.get(job)),
    }));
  }

  [Symbol.dispose](): void {
    for (const off of this.#off) off();
  }

  #note(news: DaemonNews, change: (text: string) => void): void {
    if (news.kind === 'phase') {
      // How a finished agent is taken apart is of no interest here; that it has gone is.
      if (this.#agents.get(news.agent)?.phase === 'finished') return;
      this.#agents.set(news.agent, { name: news.agent, phase: news.phase, since: Date.now() });
      change(`agent ${news.agent} is ${news.phase}`);
    }
    if (news.kind === 'gone') {
      this.#agents.delete(news.agent);
      change(`agent ${news.agent} is gone`);
    }
  }

  #changeOf(event: EmulatorEvent): string | undefined {
    if (!('requestId' in event)) return undefined;
    const job = `job "${event.jobName}"`;
    switch (event.kind) {
      case 'job-queued':
        return `${job} queued`;
      case 'job-assigned':
        return undefined;
      case 'job-received':
        return `${job} taken by ${event.agentName}`;
      case 'job-line':
        return isOfTheJob(event.line) ? `${job} | ${event.line}` : undefined;
      case 'job-finished': {
        const view = this.jobs().find(({ record }) => record?.requestId === event.requestId);
        return `${job} ${view === undefined ? event.result : resultOf(view)}`;
      }
    }
  }
}
