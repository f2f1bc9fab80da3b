import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { anotherOnline, startDaemon } from './waiting.js';

const SCALES = { agentCount: 2, standby: 1, idleTimeout: '5s' };

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
        { name: 'here', ...SCALES, azure: azureOf(here) },
        { name: 'there', ...SCALES, azure: azureOf(there) },
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
    const agents = [await idle('here'), await idle('there')];
    expect([registered(here), registered(there)]).toEqual(agents);

    there.emulator.failNext({ kind: 'unauthorized', caller: 'organisation', times: 1_000_000 });
    const refused = await whenPool(here, daemon, ({ azure }) => azure.error !== undefined, 'there');
    expect(refused.azure.error).toContain('the token was refused');
    const before = await idle('here');
    expect(await run(here)).toMatchObject({ result: 'succeeded', agentName: before[0] });
    await anotherOnline(here.emulator, ...before);
    there.emulator.clearFaults();

    // What waits in the one makes no agent in the other, which could have another.
    const [resting] = await idle('here');
    const made = () => daemon.log.filter(line => line.kind === 'create-instance' && line.pool === 'here').length;
    const madeBefore = made();
    const jobs = await Promise.all([run(there), run(there)]);
    expect(jobs.map(({ result }) => result)).toEqual(['succeeded', 'succeeded']);
    expect(new Set(jobs.map(({ agentName }) => agentName)).size).toBe(2);
    await idle('there');
    expect([await idle('here'), made()]).toEqual([[resting], madeBefore]);
    expect(await daemon.end()).toBe(0);
  });

  async function start(): Promise<Scenario> {
    const scenario = await startWithBase({ ...testbed() });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }
});
