import type { JobRecord } from 'azure-pipelines-emulator';
import { expect, onTestFinished, test } from 'vitest';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startOwnIncus } from '../../testbed/own-incus.js';
import type { Scenario } from '../../testbed/scenario.js';
import { memoryHog } from './attacks/hostile-jobs.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, startDaemon } from './waiting.js';

const SHAPE = { maxCores: 1, maxRamInGb: 0.5, tmpfsSizeInGb: 0.25, maxProcesses: 300, docker: false } as const;

const VARIABLES = {
  PLAIN: 'one',
  SPACES: '  two  words ',
  QUOTES: `"double" 'single' \`back\` \\ $HOME`,
  UNICODE: 'größer ≥ 🚀',
  EMPTY: '',
  TEXT: 'one\n\n  three "3"\nA=b\n',
  MARKS: ' #no comment; 100% %s %%n $(id) $PATH !! * ~ \\n \\',
  CONTROL: '\ttab \u001b[31m \r\n',
  // What config.sh notes in the agent's .env, which has one line for a variable.
  JAVA_HOME: '/opt/java\nANT_HOME=/not/a/variable',
  http_proxy: 'http://proxy.example:3128',
} as const;

/** What bash and the stand-in's own run.sh add to the environment they were given. */
const ADDED_BY_RUN_SH = ['LD_LIBRARY_PATH', 'PWD', 'SHLVL'];

const LOOKS = {
  cores: 'nproc',
  memory: 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null',
  tmp: 'findmnt --noheadings --bytes --output FSTYPE,SIZE /tmp; stat --format=%a /tmp',
  processes: 'cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null',
  docker: 'systemctl is-active docker.service; test -e /run/docker.sock || echo "no socket"',
  environment: "cut --zero-terminated -d = -f 1 /proc/$(pgrep --oldest --full -i listener)/environ | tr '\\0' '\\n'",
  values: Object.keys(VARIABLES)
    .map(name => `printf '%s=%s\\n' ${name} "$(printf '%s' "$${name}" | base64 -w0)"`)
    .join('\n'),
} as const;

describeOnIncus('the shape of an agent', testbed => {
  test('is what a job finds, and no instance tells the token', async () => {
    const settings = { agentCount: 1, env: VARIABLES, ...SHAPE };
    const scenario = await startWithBase({ ...testbed(), settings });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 1);
    const instances = await incus.instances.list();
    expect(instances).toHaveLength(2);
    expect(JSON.stringify(instances)).not.toContain(emulator.token);

    const found = await look(scenario);
    expect(found).toMatchObject({
      cores: ['1'],
      memory: [String(0.5 * 2 ** 30)],
      tmp: [`tmpfs ${0.25 * 2 ** 30}`, '1777'],
      processes: ['300'],
      docker: ['inactive', 'no socket'],
    });
    expectVariables(found);
    expect(await daemon.end()).toBe(0);

    await scenario.configure({ registration: 'host' });
    const next = startDaemon(scenario);
    await look(scenario);
    expectVariables(await look(scenario));
    await expectMemoryTold(scenario, next);
    expect(await next.end()).toBe(0);
  });

  // A quota stays on in a btrfs storage pool for good, and makes it slow: this one is thrown away.
  test('ends at the size of its disk', { timeout: 300_000 }, async () => {
    const own = await startOwnIncus({ storageSizeGiB: 5 }, { agentCount: 1, docker: false, diskSizeInGb: 1 });
    onTestFinished(() => own[Symbol.asyncDispose]());
    const { scenario } = own;
    const daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const script = 'head --bytes=100M /dev/zero > small && sync && echo fits\nhead --bytes=1500M /dev/zero > large';
    const job = await scenario.emulator.queueJob({ name: 'writes', steps: [{ script }] }).finished;
    expect(job.lines).toContain('fits');
    expect(job.lines.join('\n')).toMatch(/quota exceeded|no space left/i);
    expect(job.result).toBe('failed');
    expect(await daemon.end()).toBe(0);
  });
});

/** Has the guest believe that the kernel has killed so many of its processes, and no others. */
function forge(kills: number): string {
  const script = `cd /sys/fs/cgroup
    echo "oom_kill ${kills}" >/run/forged
    file=memory.events
    if [ -d memory ]; then mount -t tmpfs none memory && file=memory/memory.oom_control && touch $file; fi
    mount --bind /run/forged $file && cat $file`;
  return `sudo nsenter --target 1 --mount sh -ec '${script}'`;
}

/** Runs jobs that take more memory than there is, or lie of it, and finds what the host has seen as the reason of their ends. */
async function expectMemoryTold(scenario: Scenario, daemon: DaemonProcess): Promise<void> {
  const killed = /^\S+: its job is done; out of memory: the kernel killed [1-9]\d* process(es)?$/m;
  expect(await toldOf([memoryHog], scenario, daemon)).toMatch(killed);
  expect(await toldOf([forge(0), memoryHog], scenario, daemon)).toMatch(killed);
  expect(await toldOf([forge(7), 'false'], scenario, daemon)).toMatch(/^\S+: its job is done$/m);
}

/** What `logs` tells of the agent whose job these steps were. */
async function toldOf(scripts: readonly string[], scenario: Scenario, daemon: DaemonProcess): Promise<string> {
  // A job fails at once in a pool where nothing is registered.
  await agentsOnline(scenario.emulator, 1);
  const job = await scenario.emulator.queueJob({ steps: scripts.map(script => ({ script })) }).finished;
  expect(job.result).toBe('failed');
  expect(job.lines.filter(line => line.startsWith('oom_kill'))).toHaveLength(scripts.length - 1);
  await daemon.seen(line => line.msg === 'agent gone' && line.agent === job.agentName);
  return (await scenario.call('logs', job.agentName ?? '')).stdout;
}

/** Runs a job that looks around, and returns what each look showed. */
async function look({ emulator }: Scenario): Promise<Readonly<Record<string, readonly string[]>>> {
  const texts = Object.entries(LOOKS).map(([name, text]) => `echo "== ${name}"\n${text} || true`);
  const script = [...texts, 'echo "== end"'].join('\n');
  const job = await emulator.queueJob({ name: 'looks around', steps: [{ script }] }).finished;
  expect(job.result).toBe('succeeded');
  return Object.fromEntries(Object.keys(LOOKS).map(name => [name, linesAfter(job, `== ${name}`)]));
}

/** The agent was given these variables and no others, and a step finds every value as it stands in the configuration. */
function expectVariables(found: Readonly<Record<string, readonly string[]>>): void {
  const given = found.environment?.filter(name => !ADDED_BY_RUN_SH.includes(name)).sort();
  expect(given).toEqual(['HOME', 'LANG', 'PATH', 'XDG_RUNTIME_DIR', ...Object.keys(VARIABLES)].sort());
  const values = found.values?.map(line => line.split(/=(.*)/s).slice(0, 2));
  expect(values?.map(([name, value = '']) => [name, Buffer.from(value, 'base64').toString()])).toEqual(
    Object.entries(VARIABLES),
  );
}

function linesAfter({ lines }: JobRecord, title: string): readonly string[] {
  const from = lines.indexOf(title) + 1;
  return lines.slice(
    from,
    lines.findIndex((line, at) => at >= from && line.startsWith('== ')),
  );
}
