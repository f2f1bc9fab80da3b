import { beforeAll, expect, it, vi } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import type { ExecRequest } from '../src/index.js';
import { useProject } from './use-project.js';

describeOnIncus('exec', testbed => {
  const incus = useProject('client-exec', testbed);
  const run = (script: string, over: Partial<ExecRequest> = {}) =>
    incus().exec('commands', { command: ['sh', '-c', script], ...over });

  /** A command that says its pid and then sleeps. */
  function sleeper() {
    let onStdout: (chunk: Uint8Array) => void = () => undefined;
    const started = new Promise<string>(resolve => {
      onStdout = chunk => resolve(Buffer.from(chunk).toString().trim());
    });
    return { script: 'echo $$; exec sleep 1000', onStdout, started };
  }

  async function killed(pid: string): Promise<void> {
    expect(pid).toMatch(/^\d+$/);
    await vi.waitFor(async () => expect((await run(`kill -0 ${pid}`)).exitCode).not.toBe(0), 10_000);
  }

  beforeAll(async () => {
    const { instances } = incus();
    const source = { type: 'image', alias: testbed().image } as const;
    await instances.create({ name: 'commands', source, start: true });
    await instances.create({ name: 'stopped', source });
  });

  it('returns both streams and the exit code', async () => {
    expect(await run('echo out; echo err >&2; exit 3')).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      truncated: false,
    });
  });

  it('returns the exit code alone when it is asked for no streams', async () => {
    const told = { exitCode: 3, stdout: '', stderr: '', truncated: false };
    expect(await run('cat; echo out; exit 3', { withoutStreams: true })).toEqual(told);
  });

  it('reports a signal as 128 and its number', async () => {
    expect((await run('kill -TERM $$')).exitCode).toBe(143);
  });

  it('runs as the user, in the directory and with the environment that it is given', async () => {
    const over = { user: 1100, group: 1100, cwd: '/tmp', environment: { COLOUR: 'red' } };
    expect((await run('echo $(id -u):$(id -g) $PWD $COLOUR', over)).stdout).toBe('1100:1100 /tmp red\n');
  });

  it('feeds text, bytes and streams to the command, and then the end', async () => {
    async function* chunks() {
      for (let i = 0; i < 64; i++) yield new Uint8Array(65_536);
    }
    expect((await run('cat', { stdin: 'text' })).stdout).toBe('text');
    expect((await run('od -An -tx1', { stdin: new Uint8Array([1, 255]) })).stdout.trim()).toBe('01 ff');
    expect((await run('wc -c', { stdin: chunks() })).stdout).toBe(`${64 * 65_536}\n`);
    expect((await run('wc -c')).stdout).toBe('0\n');
  });

  it('returns although the command leaves input unread', async () => {
    const returned = vi.fn();
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(65_536);
      } finally {
        returned();
      }
    }
    expect((await run('true', { stdin: endless() })).exitCode).toBe(0);
    await vi.waitFor(() => expect(returned).toHaveBeenCalledOnce(), 20_000);
  });

  it('fails with the error of its input, and kills the command', async () => {
    const command = sleeper();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1);
      await command.started;
      throw new Error('the source broke');
    }
    await expect(run(command.script, { onStdout: command.onStdout, stdin: broken() })).rejects.toThrow(
      'the source broke',
    );
    await killed(await command.started);
  });

  it('passes on all output as it comes, and keeps as much as it may', async () => {
    let bytes = 0;
    const onStdout = (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
    };
    const result = await run('head -c 8000000 /dev/zero; echo err >&2', { onStdout, maxOutputBytes: 1000 });
    expect(bytes).toBe(8_000_000);
    expect(result).toMatchObject({ exitCode: 0, stderr: 'err\n', truncated: true });
    expect(result.stdout).toHaveLength(1000);
  });

  it('kills the command when it is aborted', async () => {
    const command = sleeper();
    const controller = new AbortController();
    void command.started.then(() => controller.abort());
    const request = { command: ['sh', '-c', command.script], onStdout: command.onStdout };
    const call = incus().exec('commands', request, { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await killed(await command.started);
  });

  it('kills the command when its time is over', async () => {
    const command = sleeper();
    const request = { command: ['sh', '-c', command.script], onStdout: command.onStdout };
    await expect(incus().exec('commands', request, { deadlineMs: 2000 })).rejects.toMatchObject({ kind: 'timeout' });
    await killed(await command.started);
  });

  it('runs several at once', async () => {
    // The pause keeps clear of the daemon's habit to cut off commands that end while others begin.
    const results = await Promise.all([1, 2, 3, 4, 5, 6].map(n => run(`echo ${n}; sleep 0.1`)));
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  it('is refused where there is no such command, or nothing runs', async () => {
    const { exec } = incus();
    await expect(exec('commands', { command: ['no-such-command'] })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(exec('stopped', { command: ['true'] })).rejects.toMatchObject({ kind: 'conflict' });
    await expect(exec('nothing', { command: ['true'] })).rejects.toMatchObject({ kind: 'not-found' });
  });
});
