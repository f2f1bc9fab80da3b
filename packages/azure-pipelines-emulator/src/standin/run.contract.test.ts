import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { InstalledAgent, UnpackedPackage } from '../../test/installed-agent.js';
import { ended } from '../../test/processes.js';
import { type Emulator, type EmulatorEvent, startEmulator } from '../index.js';

let unpacked: UnpackedPackage;
let agent: InstalledAgent;
let emulator: Emulator;

beforeAll(async () => {
  unpacked = await UnpackedPackage.unpack();
});

afterAll(() => unpacked[Symbol.dispose]());

beforeEach(async () => {
  agent = new InstalledAgent(unpacked);
  emulator = await startEmulator();
});

afterEach(async () => {
  agent[Symbol.dispose]();
  await emulator.close();
});

/** Waits for the next event of a kind. */
async function event(kind: EmulatorEvent['kind']): Promise<void> {
  await new Promise<void>(resolve => {
    const off = emulator.on(candidate => {
      if (candidate.kind !== kind) return;
      off();
      resolve();
    });
  });
}

/** Waits for a console line that begins with a word, and returns the numbers that follow. */
async function numbersAfter(word: string): Promise<readonly number[]> {
  return await new Promise(resolve => {
    const off = emulator.on(candidate => {
      if (candidate.kind !== 'job-line' || !candidate.line.startsWith(`${word} `)) return;
      off();
      resolve(candidate.line.split(' ').slice(1).map(Number));
    });
  });
}

test('runs its job where the server calls itself by a name that is not known here', async () => {
  await using server = await startEmulator({ publicUrl: 'http://tfs.corp.invalid:8080/emulated' });
  await agent.configure(server, 'a1');
  const job = server.queueJob({ steps: [{ script: 'echo done' }] });
  expect((await agent.start('run.sh', ['--once']).ended).code).toBe(0);
  expect(await job.finished).toMatchObject({ result: 'succeeded', lines: expect.arrayContaining(['done']) });
});

test('runs one job with two steps, streams its lines and ends with 0', async () => {
  await agent.configure(emulator, 'a1');
  const job = emulator.queueJob({
    name: 'Build: it',
    steps: [
      { name: 'first', script: 'echo "agent $AGENT_NAME in $PWD"; echo kept > file; echo oops >&2' },
      { name: 'second', script: 'cat file; echo "$BUILD_BUILDID $MY_VAR $(my.var) $TF_BUILD"' },
    ],
    variables: { 'my.var': 'seven' },
  });
  const { code, stdout } = await agent.start('run.sh', ['--once']).ended;

  expect(code).toBe(0);
  const { result, agentName, lines, steps } = await job.finished;
  expect({ result, agentName }).toEqual({ result: 'succeeded', agentName: 'a1' });
  expect(lines).toContain(`agent a1 in ${join(agent.directory, '_work/1/s')}`);
  expect(lines).toContain('oops');
  expect(lines).toContain('kept');
  expect(lines).toContain(`${job.requestId} seven seven True`);
  expect(steps).toMatchObject([
    { name: 'first', result: 'succeeded', startedAt: expect.any(Number), finishedAt: expect.any(Number) },
    { name: 'second', result: 'succeeded' },
  ]);
  expect(stdout.map(line => line.replace(/^[-\d]+ [:\d]+Z: /, '<time>: '))).toEqual([
    'Scanning for tool capabilities.',
    'Connecting to the server.',
    '<time>: Listening for Jobs',
    '<time>: Running job: Build: it',
    '<time>: Job Build: it completed with result: Succeeded',
  ]);
  expect(emulator.agents()).toMatchObject([{ name: 'a1', status: 'offline' }]);
});

test('uploads a log, renews the lock before the worker starts and deletes the message', async () => {
  await agent.configure(emulator, 'a1');
  emulator.queueJob({ steps: [{ script: 'true' }] });
  await agent.start('run.sh', ['--once']).ended;
  const calls = emulator.calls().map(({ method, path, caller }) => `${caller} ${method} ${path}`);
  const at = (pattern: RegExp): number => calls.findIndex(call => pattern.test(call));
  expect(at(/^agent PATCH .*\/jobrequests\//)).toBeGreaterThan(-1);
  expect(at(/^job /)).toBeGreaterThan(at(/^agent PATCH .*\/jobrequests\//));
  expect(at(/^agent DELETE .*\/messages\//)).toBeGreaterThan(-1);
  expect(at(/^job POST .*\/logs\/\d+/)).toBeGreaterThan(-1);
  expect(calls.at(-1)).toMatch(/^agent DELETE .*\/sessions\//);
});

test('fails the job with a failing step, skips what follows and ends with 0 all the same', async () => {
  await agent.configure(emulator, 'a1');
  const job = emulator.queueJob({ steps: [{ script: 'exit 3' }, { script: 'echo never' }] });
  const { code, stdout } = await agent.start('run.sh', ['--once']).ended;
  expect(code).toBe(0);
  const { result, lines, steps } = await job.finished;
  expect(result).toBe('failed');
  expect(lines).toContain("##[error]Bash exited with code '3'.");
  expect(lines).not.toContain('never');
  expect(steps.map(step => step.result)).toEqual(['failed', 'skipped']);
  expect(stdout.at(-1)).toMatch(/completed with result: Failed$/);
});

test('ends a canceled job with everything that its step started', async () => {
  await agent.configure(emulator, 'a1');
  const job = emulator.queueJob({ steps: [{ script: 'sleep 600 & echo "child $!"; wait' }, { script: 'echo never' }] });
  const underWay = numbersAfter('child');
  const run = agent.start('run.sh', ['--once']);
  const [child = 0] = await underWay;
  emulator.cancelJob(job.requestId);
  const { result, steps } = await job.finished;
  expect({ result, steps: steps.map(step => step.result) }).toEqual({
    result: 'canceled',
    steps: ['canceled', 'skipped'],
  });
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  expect(stdout.at(-1)).toMatch(/completed with result: Canceled$/);
  await ended(child);
});

test('ends what a step left running', async () => {
  await agent.configure(emulator, 'a1');
  emulator.queueJob({ steps: [{ script: 'sleep 600 > /dev/null 2>&1 & echo "child $!"' }] });
  const left = numbersAfter('child');
  expect((await agent.start('run.sh', ['--once']).ended).code).toBe(0);
  const [child = 0] = await left;
  await ended(child);
});

test('leaves a second job to others', async () => {
  await agent.configure(emulator, 'a1');
  const first = emulator.queueJob({ steps: [{ script: 'true' }] });
  const second = emulator.queueJob({ steps: [{ script: 'true' }] });
  expect((await agent.start('run.sh', ['--once']).ended).code).toBe(0);
  expect((await first.finished).result).toBe('succeeded');
  expect(emulator.jobs().find(({ requestId }) => requestId === second.requestId)?.result).toBeUndefined();
});

test('gives a step nothing of what the agent needs for itself, and hides its job token', async () => {
  await agent.configure(emulator, 'a1');
  const job = emulator.queueJob({ steps: [{ script: 'env; echo "library path: $LD_LIBRARY_PATH"' }] });
  await agent.start('run.sh', ['--once'], { LD_LIBRARY_PATH: '/opt/mine', NODE_OPTIONS: '--no-warnings' }).ended;
  const { lines } = await job.finished;
  expect(lines).toContain('library path: /opt/mine');
  expect(lines).toContain('NODE_OPTIONS=--no-warnings');
  expect(lines.filter(line => /STANDIN|VSTS_AGENT_INPUT|NODE_CHANNEL|ACCESSTOKEN/.test(line))).toEqual([]);
});

test('shows its processes by the names of the real ones', async () => {
  await agent.configure(emulator, 'a1');
  const script = 'tr "\\0" " " < /proc/$PPID/cmdline; echo; cat /proc/$PPID/comm';
  const job = emulator.queueJob({ steps: [{ script }] });
  await agent.start('run.sh', ['--once']).ended;
  const { lines } = await job.finished;
  expect(lines.find(line => line.includes('bin/Agent.Worker spawnclient'))).toBeDefined();
  expect(lines).toContain('Agent.Worker');
});

test('ends with 2 when it is not configured', async () => {
  const { code, stderr } = await agent.start('run.sh', ['--once']).ended;
  expect(code).toBe(2);
  expect(stderr.join()).toContain('Not configured');
});

test('ends with 1 when its registration is gone', async () => {
  await agent.configure(emulator, 'a1');
  const { url, port } = emulator;
  await emulator.close();
  emulator = await startEmulator({ port });
  expect(emulator.url).toBe(url);
  const { code, stderr } = await agent.start('run.sh', ['--once']).ended;
  expect(code).toBe(1);
  expect(stderr.join()).toContain('Failed to create session.');
});

test('ends politely when it is asked to', async () => {
  await agent.configure(emulator, 'a1');
  const online = event('agent-online');
  const offline = event('agent-offline');
  const run = agent.start('bin/Agent.Listener', ['run', '--once']);
  await online;
  run.process.kill('SIGINT');
  const { code, stdout } = await run.ended;
  expect(code).toBe(0);
  expect(stdout.at(-1)).toBe('Exiting...');
  await offline;
});

test('cancels its job when it is asked to end', async () => {
  await agent.configure(emulator, 'a1');
  const job = emulator.queueJob({ steps: [{ script: 'echo "child $$"; sleep 600' }] });
  const underWay = numbersAfter('child');
  const run = agent.start('bin/Agent.Listener', ['run', '--once']);
  const [step = 0] = await underWay;
  run.process.kill('SIGTERM');
  expect((await run.ended).code).toBe(0);
  expect((await job.finished).result).toBe('canceled');
  await ended(step);
});

test('goes on after lost connections and says so', async () => {
  await agent.configure(emulator, 'a1');
  emulator.failNext({ method: 'GET', path: /messages/, kind: 'cut', times: 3 });
  const job = emulator.queueJob({ steps: [{ script: 'true' }] });
  const { code, stdout } = await agent.start('run.sh', ['--once']).ended;
  expect(code).toBe(0);
  expect((await job.finished).result).toBe('succeeded');
  expect(stdout.filter(line => line.includes('Agent connect error: '))).toHaveLength(1);
  expect(stdout.filter(line => line.endsWith('Z: Agent reconnected.'))).toHaveLength(1);
});

test('takes a killed worker for a failed job', async () => {
  await agent.configure(emulator, 'a1');
  emulator.queueJob({ steps: [{ script: 'echo "pids $PPID $$"; sleep 600' }] });
  const underWay = numbersAfter('pids');
  const run = agent.start('run.sh', ['--once']);
  const [worker = 0, step = 0] = await underWay;
  process.kill(worker, 'SIGKILL');
  const { code, stdout } = await run.ended;
  process.kill(-step, 'SIGKILL');
  expect(code).toBe(0);
  expect(stdout.at(-1)).toMatch(/completed with result: Failed$/);
});

test('ends a job whose listener is killed, and says nothing to the server', async () => {
  await agent.configure(emulator, 'a1');
  const script = 'read -r _ _ _ listener _ < /proc/$PPID/stat; echo "pids $listener $$"; sleep 600';
  const job = emulator.queueJob({ steps: [{ script }] });
  const underWay = numbersAfter('pids');
  const run = agent.start('run.sh', ['--once']);
  const [listener = 0, step = 0] = await underWay;
  process.kill(listener, 'SIGKILL');
  expect((await run.ended).code).toBe(128 + 9);
  // The worker outlives its listener by a moment, and ends its steps first.
  await ended(step);
  expect(emulator.jobs().find(({ requestId }) => requestId === job.requestId)?.result).toBeUndefined();
});
