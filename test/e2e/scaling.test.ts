import type { QueuedJob } from 'azure-pipelines-emulator';
import { expect, onTestFinished, test } from 'vitest';
import type { DaemonProcess, LogLine } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { told } from '../../testbed/told-commands.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { lineShown, startDaemon } from './waiting.js';

const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';
const LONG = { timeout: 300_000 };
const NEW_SESSIONS = { caller: 'agent', method: 'POST', path: /\/sessions$/ } as const;

describeOnIncus('a pool that follows the queue', testbed => {
  test(
    'has an agent for each job of a burst, says what waits, and goes back to standby without hurting a job',
    LONG,
    async () => {
      const scenario = await startWithBase({
        ...testbed(),
        settings: { agentCount: 3, standby: 1, idleTimeout: '5s' },
      });
      onTestFinished(() => scenario[Symbol.asyncDispose]());
      const { emulator, incus } = scenario;
      const daemon = startDaemon(scenario);
      await whenPool(scenario, daemon, isResting);

      const queue = (name: string) => emulator.queueJob({ name, steps: [{ script: UNTIL_TOLD }] });
      const tell = (agentName: string) => incus.files.push(agentName, '/tmp/go', '');
      const begun = (job: QueuedJob) => lineShown(emulator, job, 'begun');
      const jobs = [1, 2, 3, 4].map(n => queue(`job ${n}`));
      const running = await Promise.all(jobs.slice(0, 3).map(begun));
      expect(new Set(running.map(({ agentName }) => agentName)).size).toBe(3);

      const waiting = [{ why: 'all 3 agents of the pool have jobs', for: 'agent', requests: [{ job: 'job 4' }] }];
      const full = await whenPool(
        scenario,
        daemon,
        ({ queue: seen }) => seen?.waiting.some(({ why }) => why.startsWith('all 3')) === true,
      );
      expect(full).toMatchObject({ target: 3, queue: { standby: 1, queued: 1, waiting } });
      const words = { POOL: 'default', '4711': String(jobs[3]?.requestId) };
      for (const explain of told('docs/how-to/scale.md#see-it').lines(2, words)) {
        const [, verb = '', ...args] = explain.split(' ');
        expect((await scenario.call(verb, ...args)).stdout).toContain('all 3 agents of the pool have jobs');
      }
      for (const { agentName } of running) await tell(agentName);
      for (const job of jobs.slice(3)) await tell((await begun(job)).agentName);
      for (const job of jobs) expect((await job.finished).result).toBe('succeeded');
      await whenPool(scenario, daemon, isResting);
      expect(done(daemon, 'create-instance')).toBeLessThanOrEqual(jobs.length + 2);

      const before = done(daemon, 'activate-agent');
      // Who is not let in gets no job: what new agents are made for is taken back before they are online.
      emulator.failNext({ ...NEW_SESSIONS, kind: 'throttled', retryAfterS: 1, times: 1_000_000 });
      const long = queue('a long one');
      const others = [queue('withdrawn'), queue('withdrawn as well')];
      await daemon.seen(() => done(daemon, 'activate-agent') >= before + 2);
      for (const { requestId } of others) emulator.cancelJob(requestId);
      emulator.clearFaults();
      const isNew = newLines(daemon);
      const drain = await daemon.seen(
        line => isNew(line) && line.kind === 'disable-agent' && line.reason === 'above target',
      );
      await whenPool(scenario, daemon, ({ agents }) => agents.every(({ name }) => name !== drain.name));
      await tell((await begun(long)).agentName);
      expect((await long.finished).result).toBe('succeeded');
      await whenPool(scenario, daemon, isResting);

      // From here on the pool may be empty.
      await scenario.configure({ standby: 0 });
      const empty = await whenPool(scenario, daemon, isEmpty);
      const { name: placeholder = '' } = empty.placeholder ?? {};
      expect((await scenario.call('explain', placeholder)).stdout).toContain('and no agent');
      const [alone] = emulator.agents();
      expect(alone).toMatchObject({ name: placeholder, status: 'offline', enabled: true });
      const demanding = emulator.queueJob({ demands: ['Agent.OS -equals Linux'], steps: [{ script: 'echo done' }] });
      expect((await demanding.finished).result).toBe('succeeded');
      await whenPool(scenario, daemon, isEmpty);
      for (const drain of told('docs/how-to/scale.md#no-idle-agent-at-all').lines(1)) {
        const [, verb = '', ...args] = drain.split(' ');
        expect((await scenario.call(verb, ...args, '--wait')).stdout).toContain('Drained.');
      }
      expect(emulator.agents()).toEqual([]);
      expect(await daemon.end()).toBe(0);
    },
  );
});

/** One idle agent, and nothing else. */
function isResting({ agents, live }: PoolStatus): boolean {
  return live === 1 && agents.length === 1 && agents[0]?.phase === 'idle';
}

/** No agent, and a placeholder that is like one. */
function isEmpty({ agents, live, placeholder, target }: PoolStatus): boolean {
  return live === 0 && target === 0 && agents.length === 0 && placeholder?.state === 'there';
}

/** Whether a line was not there yet when this was called. */
function newLines({ log }: DaemonProcess): (line: LogLine) => boolean {
  const old = new Set(log);
  return line => !old.has(line);
}

function done({ log }: DaemonProcess, kind: string): number {
  return log.filter(line => line.kind === kind && line.msg === 'action done').length;
}
