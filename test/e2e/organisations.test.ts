import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { anotherOnline, startDaemon } from './waiting.js';

describeOnIncus('two organisations', testbed => {
  test('have their pools in one daemon, each with its token, and one waits for nobody while the other refuses', {
    timeout: 240_000,
  }, async () => {
    const [here, there] = [await start(), await start()];
    const azureOf = ({ emulator: { token: pat, url } }: Scenario) => ({ pat, url, pool: 'default' });
    await here.configure({
      agentCount: undefined,
      azure: undefined,
      pools: [
        { name: 'fixed', agentCount: 1, azure: azureOf(here) },
        { name: 'scaling', agentCount: 2, standby: 1, azure: azureOf(there) },
      ],
    });
    const daemon = startDaemon(here);
    const idle = async (name: string) => {
      const { agents } = await whenPool(
        here,
        daemon,
        pool => pool.agents.length === 1 && pool.agents[0]?.phase === 'idle',
        name,
      );
      return agents.map(agent => agent.name);
    };
    const run = async ({ emulator }: Scenario) => emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    const registered = ({ emulator }: Scenario) => emulator.agents().map(({ name }) => name);
    const agents = [await idle('fixed'), await idle('scaling')];
    expect([registered(here), registered(there)]).toEqual(agents);

    there.emulator.failNext({ kind: 'unauthorized', caller: 'organisation', times: 1_000_000 });
    const refused = await whenPool(here, daemon, ({ azure }) => azure.error !== undefined, 'scaling');
    expect(refused.azure.error).toContain('the token was refused');
    const before = await idle('fixed');
    expect(await run(here)).toMatchObject({ result: 'succeeded', agentName: before[0] });
    await anotherOnline(here.emulator, ...before);
    there.emulator.clearFaults();

    // What waits in the one makes no agent in the other.
    const jobs = await Promise.all([run(there), run(there)]);
    expect(jobs.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    const [mine, others] = [here, there].map(({ emulator }) => new Set(emulator.jobs().map(job => job.agentName)));
    expect([mine?.size, others?.size]).toEqual([1, 2]);
    await idle('scaling');
    expect(await daemon.end()).toBe(0);
  });

  async function start(): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed() });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }
});
