import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FakeClock, settled } from '../../test/simulation/fake-clock.js';
import { serveOnSocket } from '../lib/serve.js';
import type { DrainTarget } from '../model/drain-wish.js';
import { controlRoutes, type View } from '../report/http.js';
import { drain, resume } from './drain.js';

const silent = { write: () => {}, complain: () => {} };
const socket = '/nowhere/control.sock';

test.each([
  ['a pool and an agent', 'linux', { agent: 'ci-1' }, 'give a pool, or --agent, or --host'],
  ['an agent and the host', undefined, { agent: 'ci-1', host: true }, 'give a pool, or --agent, or --host'],
  ['a pool until the next boot', 'linux', { untilBoot: true }, '--until-boot is for the host alone'],
  [
    'one pool without its placeholder',
    'linux',
    { removePlaceholder: true },
    '--remove-placeholder is for the host alone',
  ],
  [
    'no placeholder until the next boot',
    undefined,
    { removePlaceholder: true, untilBoot: true },
    'keeps the placeholder',
  ],
  ['a time without a wait', undefined, { timeout: '1m' }, '--timeout bounds --wait'],
  ['a time that is none', undefined, { wait: true, timeout: 'soon' }, '--timeout soon is no duration'],
])('refuses %s before it asks the daemon', async (_, pool, options, message) => {
  await expect(drain(pool, { socket, ...options }, silent)).rejects.toThrow(message);
});

test.each([
  [{}, 'All pools: agents are made again.\n'],
  [
    { agent: 'ci-1' },
    'Agent ci-1: it stays, unless Azure has it as disabled by now: then it goes, and another takes its place.\n',
  ],
])('resume of %j says what comes of it', async (scope, text) => {
  const directory = await mkdtemp(join(tmpdir(), 'resume-'));
  await using _served = await serveOnSocket(controlRoutes(viewOf([])).fetch, join(directory, 'control.sock'));
  const said: string[] = [];
  const output = { ...silent, write: (line: string) => void said.push(line) };
  await resume(undefined, { socket: join(directory, 'control.sock'), ...scope }, output);
  await rm(directory, { recursive: true });
  expect(said).toEqual([text]);
});

test('resume refuses a pool and an agent at once', async () => {
  await expect(resume('linux', { socket, agent: 'ci-1' }, silent)).rejects.toThrow('not both');
});

describe('while the daemon is away', () => {
  let directory: string;
  let path: string;
  let clock: FakeClock;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'drain-'));
    path = join(directory, 'control.sock');
    clock = new FakeClock(0);
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('a drain that is to wait is told to the daemon that comes', async () => {
    const said: string[] = [];
    const output = { ...silent, write: (text: string) => void said.push(text) };
    const code = drain(undefined, { socket: path, wait: true, untilBoot: true }, output, clock);
    await asleep();
    const drained: DrainTarget[] = [];
    await using _served = await serveOnSocket(controlRoutes(viewOf(drained)).fetch, path);
    await clock.advance(1_000);
    expect(await code).toBe(0);
    expect(drained).toEqual([{ kind: 'host', untilBoot: true }]);
    expect(said[0]).toMatch(/^Waiting for the daemon: no daemon answers on /);
  });

  test.each([
    ['2h', '1m', 60],
    ['10s', '10s', 10],
  ])(
    'one that may wait for %s gives up when no daemon came within %s, and says that no job is waited for',
    async (timeout, within, seconds) => {
      const options = { socket: path, wait: true, timeout };
      const call = drain(undefined, options, silent, clock);
      const failure = expect(call).rejects.toThrow(
        `none came within ${within}, so nothing is drained and no job is waited for`,
      );
      for (let second = 0; second < seconds; second++) {
        await asleep();
        await clock.advance(1_000);
      }
      await failure;
    },
  );

  test('one that is not to wait fails at once', async () => {
    await expect(drain(undefined, { socket: path }, silent, clock)).rejects.toThrow('no daemon answers');
  });

  async function asleep(): Promise<void> {
    while (clock.sleeping === 0) await settled();
  }
});

/** A daemon that has nothing left once it is told to drain. */
function viewOf(drained: DrainTarget[]): View {
  return {
    status: () => ({ at: 0, owner: 'a1b2c3', incus: { readable: true, since: 0 }, pools: [], removed: [] }),
    usageOf: async () => undefined,
    lookAtQueues: async () => {},
    healthy: () => true,
    drain: async target => void drained.push(target),
    resume: async () => {},
    deaths: async () => [],
    death: async () => undefined,
    bases: () => undefined,
    refreshBases: async () => [],
    metrics: new Registry(),
  };
}
