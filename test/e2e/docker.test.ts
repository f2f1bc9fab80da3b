import { expect, onTestFinished, test } from 'vitest';
import {
  buildScript,
  buildxScript,
  composeScript,
  driverScript,
  runScript,
} from '../../packages/incus-azure-pipelines/src/doctor/proofs/docker-scripts.js';
import { judgeAttack } from '../../packages/incus-azure-pipelines/src/doctor/proofs/judge-attack.js';
import { dockerTrials } from '../../packages/incus-azure-pipelines/src/doctor/proofs/prove-docker.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { type PoolStatus, whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** By all names that they have in distributions. */
const PLUGINS = ['docker-buildx', 'docker-buildx-plugin', 'docker-compose', 'docker-compose-v2'];

const steps = [
  { name: 'build', script: buildScript },
  { name: 'run', script: runScript },
  { name: 'buildx', script: buildxScript },
  { name: 'compose', script: composeScript },
  { name: 'look', script: driverScript },
];

describeOnIncus('docker in a job', testbed => {
  async function start(reserve: number): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed(), settings: { agentCount: 1, reserve, docker: true } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  /** Gives back whose job it was. */
  async function expectDocker(scenario: Scenario): Promise<string | undefined> {
    const job = await scenario.emulator.queueJob({ steps }).finished;
    expect(
      job.steps.map(({ name, result }) => ({ name, result })),
      job.lines.join('\n'),
    ).toEqual(steps.map(({ name }) => ({ name, result: 'succeeded' })));
    const found = (line: RegExp) => job.lines.filter(text => line.test(text));
    expect(found(/^from a container$/)).toHaveLength(1);
    expect(found(/^from a stage$/)).toHaveLength(1);
    expect(found(/heard from the server$/)).toHaveLength(1);
    expect(found(/^store overlay2$/)).toHaveLength(1);
    return job.agentName;
  }

  test('builds an image from nothing, runs it, builds on it in stages, and composes two services of it, after a cold start', async () => {
    const scenario = await start(0);
    await using _daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    await expectDocker(scenario);
  });

  test('does the same in an agent that was activated from the reserve', async () => {
    const scenario = await start(1);
    await using daemon = startDaemon(scenario);
    const isFull = ({ agents, prepared }: PoolStatus) => prepared === 1 && agents.some(({ phase }) => phase === 'idle');
    const { agents } = await whenPool(scenario, daemon, isFull);
    const waiting = agents.find(({ phase }) => phase === 'prepared')?.name;
    await scenario.emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    expect(await expectDocker(scenario)).toBe(waiting);
  });

  test('is seen to lack buildx and compose where it does, by what it then says itself', async () => {
    const scenario = await start(0);
    await using _daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    const plugins = dockerTrials.slice(-2);
    const take = `sudo dpkg --purge --force-depends ${PLUGINS.join(' ')}`;
    const tries = plugins.map(({ script }) => `echo '== try'\n(${script}) 2>&1 || true`);
    const { lines } = await scenario.emulator.queueJob({ steps: [{ script: [take, ...tries].join('\n') }] }).finished;
    const printed = lines.join('\n').split('== try\n').slice(1);
    const trials = plugins.map((trial, n) => judgeAttack(trial, printed[n] ?? '', 'mend it'));
    expect(trials).toMatchObject([
      { outcome: 'untried', came: expect.stringContaining('buildx') },
      { outcome: 'untried', came: expect.stringContaining('compose') },
    ]);
  });
});
