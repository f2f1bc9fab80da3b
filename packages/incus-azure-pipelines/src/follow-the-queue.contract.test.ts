import { connectAzurePipelines } from 'azure-pipelines-client';
import { expect, it } from 'vitest';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';
import { agentName } from './model/agent-name.js';

const POLICY = { agentCount: 4, standby: 1 };
const MOST_PER_MINUTE = 12;
/** A reading of the queue, and a look at what it shows. */
const STEP_MS = 11_000;
/** The owner of another installation. */
const ANOTHER = 'd4e5f6';

const run = useLongRun();

async function begin(policy: { readonly agentCount: number; readonly standby?: number }): Promise<void> {
  run().incus.aliases.set('debian', 'f'.repeat(64));
  await run().beginWhole(policy);
}

/** Another host's agent, which lets Azure take jobs that demand what it has; it is never online. */
async function registerForeign(name = 'foreign'): Promise<void> {
  const { emulator } = run();
  await using client = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
  const pool = await client.pools.findByName('default');
  await client.agents.create(pool?.id ?? 0, {
    name,
    version: '4.999.0',
    systemCapabilities: { 'Agent.OS': 'Linux', 'Agent.Version': '4.999.0', fpga: 'large' },
  });
}

const queue = (...demands: readonly string[]) => run().emulator.queueJob({ steps: [], demands });
const status = () => {
  const [pool] = run().statusNow().pools;
  if (pool === undefined) throw new Error('there is no pool');
  return pool;
};

it('asks Azure twelve times a minute at most while nothing happens, agents first and then the queue', async () => {
  await begin(POLICY);
  const from = run().clock.now();
  await run().time.pass(2 * MINUTE_MS);
  expect(run().mostPerMinute(from).azure).toBeLessThanOrEqual(MOST_PER_MINUTE);
  const asked = run()
    .emulator.calls()
    .filter(({ at }) => at >= from);
  const lists = asked.map(({ path }) => /(agents|jobrequests)$/.exec(path)?.[0]);
  expect(new Set(lists.map((list, n) => `${list} ${lists[n + 1] ?? lists[n - 1]}`))).toEqual(
    new Set(['agents jobrequests', 'jobrequests agents']),
  );
});

it('asks a pool of fixed size for no queue', async () => {
  await begin({ agentCount: 2 });
  expect(
    run()
      .emulator.calls()
      .filter(({ path }) => path.includes('jobrequests')),
  ).toEqual([]);
});

it('has an agent started for each request that it can do and for none other, and says what waits for what', async () => {
  await begin(POLICY);
  await registerForeign();
  const lost = queue('fpga -equals large');
  for (let n = 0; n < 2; n++) queue('Agent.OS -equals linux').finished.catch(() => {});
  await run().time.until(() => status().live === 3, MINUTE_MS);
  expect(status()).toMatchObject({ target: 3, queue: { standby: 1, queued: 2 } });
  expect(status().queue?.waiting).toMatchObject([
    {
      for: 'nobody',
      why: 'no pool offers what it demands: "fpga -equals large"',
      requests: [{ requestId: lost.requestId }],
    },
    { for: 'agent', why: 'an agent is on its way for it', requests: [{}, {}] },
  ]);
  await run().time.pass(MINUTE_MS);
  expect(status()).toMatchObject({ live: 3 });
});

it('leaves a request to an agent that another host has on its way, and makes one when that does not come', async () => {
  await begin(POLICY);
  await registerForeign(agentName('host', ANOTHER, run().clock.now()));
  queue().finished.catch(() => {});
  await run().time.until(() => (status().queue?.waiting ?? []).length > 0, MINUTE_MS);
  expect(status()).toMatchObject({ live: 1, queue: { queued: 0 } });
  expect(status().queue?.waiting).toMatchObject([{ why: 'an agent of another host is about to be given it' }]);
  await run().time.until(() => status().live === 2, 5 * MINUTE_MS);
  expect(status().queue?.waiting).toMatchObject([{ why: 'an agent is on its way for it' }]);
});

it('makes no agent for a queue that it cannot read, and makes them once it can', async () => {
  await begin(POLICY);
  await registerForeign();
  run().emulator.failNext({ kind: 'server-error', path: /jobrequests/, times: 1_000 });
  await run().time.pass(STEP_MS);
  queue();
  await run().time.pass(MINUTE_MS);
  expect(status()).toMatchObject({ live: 1, azure: { readable: true } });
  expect(status().queue?.unread?.error).toMatch(/the server failed \(500\)/);
  expect(status().wants).toMatch(/a queue that is not read/);
  run().emulator.clearFaults();
  await run().time.until(() => status().live === 2, 5 * MINUTE_MS);
});
