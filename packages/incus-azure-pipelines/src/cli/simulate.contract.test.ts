import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROGRAM } from '../../../../testbed/daemon-process.js';
import { runCommand } from '../../../../testbed/run-command.js';
import { told } from '../../../../testbed/told-commands.js';
import type { Emulator } from '../../../azure-pipelines-emulator/src/index.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { startWithPast } from '../../test/past-jobs.js';
import { parseTrace } from '../capacity/trace-file.js';
import { callProgram } from './program.js';

const TOKEN = 'm4rk3d-t0k3n';
const MINUTE_MS = 60_000;
/** One after another, so that a single agent is enough for all that it can do. */
const PAST = [
  { waitsMs: 5_000, runsMs: 3 * MINUTE_MS },
  { waitsMs: 40_000, runsMs: 2 * MINUTE_MS, demands: ['gpu'] },
  { waitsMs: 1_000, runsMs: 10 * MINUTE_MS },
];

const folder = useConfigFolder();
let emulator: Emulator;
let config: string;
beforeAll(async () => {
  ({ emulator } = await startWithPast(PAST));
  const token = await folder.write('token', `${emulator.token}\n`);
  config = await folder.write(
    'config.yaml',
    [
      'agentCount: 2\nreserve: 1\nmaxRamInGb: 4\nbaseImage: debian/13',
      `stateDirectory: ${folder.path('state')}`,
      `azure: {pat: {file: ${token}}, url: "${emulator.url}", pool: default}\n`,
    ].join('\n'),
  );
});
afterAll(() => emulator.close());

async function call(...args: readonly string[]) {
  const said = { written: '', complained: '' };
  const code = await callProgram(['simulate', '--config', config, ...args], {
    write: text => {
      said.written += text;
    },
    complain: text => {
      said.complained += text;
    },
    screen: () => ({ columns: 100, rows: 40 }),
  });
  return { code, ...said };
}

test('the past of an agent pool tells how many agents are enough, with what is left out, and changes nothing there', async () => {
  const before = emulator.calls().length;
  const { code, complained, written } = await call('--from-azure', '1d', '--agents', '1..3');
  expect({ code, complained }).toEqual({
    code: 0,
    complained: '1/3 agents: 1\n2/3 agents: 2\n3/3 agents: 3\n',
  });
  expect(written).toContain('2 jobs for default, from ');
  expect(written).toContain('As it was, they waited 1.0 s (p50), 5.0 s (p95)');
  expect(written).toContain('Left out: 1 that this pool cannot do, for what they demand: gpu (1).');
  expect(written).toContain('No idle agent of this installation is in default');
  expect(written).toMatch(/^AGENTS +STANDBY +P50 +P95 +P99 +LONGEST +IDLE HOURS +BUSY +INSTANCES +MOST$/m);
  expect(written).toMatch(
    /^1 agent is enough: 95 of 100 jobs wait at most 1\.0 s.* which may take 12 GiB of memory\.$/m,
  );
  expect(emulator.agents()).toEqual([]);
  const calls = emulator.calls().slice(before);
  expect(new Set(calls.map(({ method }) => method))).toEqual(new Set(['GET']));
});

test('with another offer other jobs are those of the pool', async () => {
  const { written } = await call('--from-azure', '1d', '--agents', '1', '--offer', 'gpu', '--json');
  expect(JSON.parse(written)).toMatchObject({ jobs: 3, enough: 1, sizes: [{ agents: 1, standby: 1 }] });
});

test('a pool may be tried without any idle agent', async () => {
  const { written } = await call('--from-azure', '1d', '--agents', '1', '--standby', '0', '--json');
  expect(JSON.parse(written)).toMatchObject({ jobs: 2, sizes: [{ agents: 1, standby: 0 }] });
});

test('guests are prepared as fast as those were that ended, unless it is said otherwise; their records stay', async () => {
  const state = folder.path('state');
  const records = `${state}/deaths`;
  await mkdir(records, { recursive: true });
  const phases = [{ phase: 'prepared', at: 42_500 }];
  for (let n = 0; n < 5; n++)
    await writeFile(`${records}/a-${n}.json`, JSON.stringify({ pool: 'default', createdAt: 40_000, phases }));
  try {
    const one = ['--from-azure', '1d', '--agents', '1', '--json'];
    const seen = JSON.parse((await call(...one)).written);
    expect(seen.durations).toMatchObject({ creatingMs: 500, preparingMs: 2_000 });
    expect(seen.notes).toContain('A guest is prepared 2.5 s after it is made, as 5 were.');
    const said = JSON.parse((await call(...one, '--preparing', '7s')).written);
    expect(said.durations).toMatchObject({ preparingMs: 7_000 });
    expect(await readdir(records)).toHaveLength(5);
  } finally {
    await rm(state, { recursive: true });
  }
});

test('the commands of the document are taken, and a saved trace foretells what the past did', async () => {
  const cwd = folder.path('typed');
  await mkdir(cwd);
  const known = `incus-azure-pipelines() { '${process.execPath}' '${PROGRAM}' "$@" --config '${config}'; }`;
  const type = (line: string) => runCommand('bash', ['-c', `set -e\n${known}\ncd '${cwd}'\n${line}`]);
  const [look, save, again] = told('docs/how-to/scale.md#how-many-agents-do-i-need').lines(3);
  expect(await type(look)).toMatch(/^4 +4 /m);
  expect(await type(save)).toMatch(/^4 +2 /m);
  const trace = await readFile(`${cwd}/jobs.jsonl`, 'utf8');
  expect(parseTrace(trace, 'jobs.jsonl')).toMatchObject([{ runMs: 3 * MINUTE_MS }, { runMs: 10 * MINUTE_MS }]);
  expect(await readFile(`${cwd}/agents.svg`, 'utf8')).toContain('</svg>');
  const { asItWas, jobs, notes, sizes } = JSON.parse(await type(again));
  expect({ jobs, notes, asItWas }).toMatchObject({ jobs: 2, notes: [], asItWas: { mostMs: 5_000 } });
  expect(sizes.map(({ agents }: { readonly agents: number }) => agents)).toEqual([8, 9, 10]);
});

describe('a call is told what is wrong with it', () => {
  test.each<[string, readonly string[], string]>([
    ['no jobs', ['--agents', '2'], 'name the jobs with --from-azure DURATION, such as 14d, or with --trace FILE'],
    ['two kinds of jobs', ['--agents', '2', '--from-azure', '1d', '--trace', 'x'], 'one of the two'],
    ['no duration', ['--agents', '2', '--from-azure', '14'], '--from-azure 14: is no duration; write 14d, or 36h'],
    ['no size', ['--agents', 'many', '--from-azure', '1d'], '"many" is no number of agents'],
    [
      'no standby',
      ['--agents', '2', '--from-azure', '1d', '--standby', 'none'],
      '--standby none: is no number of idle agents; write one from 0 on',
    ],
    [
      'another pool',
      ['--agents', '2', '--from-azure', '1d', '--pool', 'x'],
      '--pool x: the configuration has no such pool',
    ],
    ['no capability', ['--agents', '2', '--from-azure', '1d', '--offer', '=x'], '--offer =x: is no capability'],
    [
      'a slow guest',
      ['--agents', '2', '--from-azure', '1d', '--preparing', '3m'],
      '--preparing: the pool gives up after 180 s; see preparationTimeout',
    ],
    ['no time', ['--agents', '2', '--from-azure', '1d', '--starting', 'soon'], '--starting soon: is no duration'],
    ['no trace', ['--agents', '2', '--trace', '/nonexistent/trace'], '/nonexistent/trace: '],
    [
      'nowhere to write',
      ['--agents', '2', '--from-azure', '1d', '--svg', '/nonexistent/a.svg'],
      'write the chart to /nonexistent/a.svg',
    ],
    ['no past', ['--agents', '2', '--from-azure', '1ms'], 'there is no job to replay'],
  ])('%s', async (_, args, says) => {
    const { code, complained, written } = await call(...args);
    expect({ code, written }).toEqual({ code: 2, written: '' });
    expect(complained).toContain(says);
    expect(complained).not.toContain(TOKEN);
  });
});
