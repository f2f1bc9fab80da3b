import { beforeAll, expect, it, vi } from 'vitest';
import { describeOnIncus } from '../../../testbed/for-tests.js';
import { useProject } from './use-project.js';

describeOnIncus('a terminal', testbed => {
  const incus = useProject('client-terminal', testbed);
  beforeAll(async () => {
    const { instances } = incus();
    const source = { type: 'image', alias: testbed().image } as const;
    await instances.create({ name: 'shells', source, start: true });
    await instances.create({ name: 'stopped', source });
  });

  /** A shell, and all that it has shown. */
  async function shell(command: readonly string[] = ['bash', '--norc']) {
    const shown: Uint8Array[] = [];
    const request = { command, size: { columns: 91, rows: 33 }, environment: { TERM: 'vt100' } };
    const onOutput = (chunk: Uint8Array) => void shown.push(chunk);
    const terminal = await incus().openTerminal('shells', { ...request, onOutput });
    return {
      terminal,
      text: () => Buffer.concat(shown).toString(),
      type: (text: string) => terminal.write(Buffer.from(text)),
    };
  }

  it('shows what is typed and said, and tells the exit code', async () => {
    const { terminal, text, type } = await shell();
    await using _terminal = terminal;
    type('echo "$TERM $HOME $((6 * 7))"; exit 3\n');
    expect(await terminal.ended).toBe(3);
    expect(text()).toContain('echo "$TERM');
    expect(text()).toContain('vt100 /root 42\r\n');
  });

  it('has the size that it is given, and the one that it gets later', async () => {
    const { terminal, text, type } = await shell();
    await using _terminal = terminal;
    type('stty size\n');
    await vi.waitFor(() => expect(text()).toContain('33 91\r\n'), 10_000);
    terminal.resize({ columns: 120, rows: 40 });
    type('until [ "$(stty size)" = "40 120" ]; do :; done; exit 7\n');
    expect(await terminal.ended).toBe(7);
  });

  it('kills what runs on it when it is disposed of', async () => {
    const { terminal, text } = await shell(['sh', '-c', 'echo "pid $$"; exec sleep 1000']);
    await vi.waitFor(() => expect(text()).toMatch(/pid \d+/), 10_000);
    const pid = /pid (\d+)/.exec(text())?.[1] ?? '';
    await terminal[Symbol.asyncDispose]();
    const isThere = async () => (await incus().exec('shells', { command: ['kill', '-0', pid] })).exitCode;
    await vi.waitFor(async () => expect(await isThere()).not.toBe(0), 10_000);
  });

  it('is refused where nothing runs', async () => {
    const request = { command: ['sh'], size: { columns: 80, rows: 24 }, onOutput: () => undefined };
    await expect(incus().openTerminal('stopped', request)).rejects.toMatchObject({ kind: 'conflict' });
    await expect(incus().openTerminal('nothing', request)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
