import { connectAzurePipelines } from 'azure-pipelines-client';
import { expect, it } from 'vitest';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';
import { lookAtQueues } from './reconcile/look-at-queues.js';
import { explain } from './report/explain.js';

/** That of a pool that scales: agents and queue, with an interval of ten seconds. */
const MOST_PER_MINUTE = 12;

const run = useLongRun();

/** Begins with a pool of fixed size for whose two agents, which are on their way, a job of many demands waits. */
async function begin(): Promise<number> {
  run().incus.aliases.set('debian', 'f'.repeat(64));
  await run().beginWhole({ agentCount: 2 });
  const { emulator } = run();
  await using client = connectAzurePipelines({ url: emulator.url, auth: { kind: 'pat', token: emulator.token } });
  const pool = await client.pools.findByName('default');
  // Azure takes no job that no agent could do, be it one that is away.
  const systemCapabilities = { 'Agent.OS': 'Linux', 'Agent.Version': '4.999.0', fpga: 'large' };
  await client.agents.create(pool?.id ?? 0, { name: 'foreign', version: '4.999.0', systemCapabilities });
  const { finished, requestId } = emulator.queueJob({ steps: [], demands: ['fpga -equals large'] });
  finished.catch(() => {});
  return requestId;
}

async function look(): Promise<void> {
  let isOver = false;
  const looking = lookAtQueues(run().daemon, run().clock, new AbortController().signal).finally(() => {
    isOver = true;
  });
  await run().time.until(() => isOver, MINUTE_MS);
  await looking;
}

const queue = () => run().statusNow().pools[0]?.queue;
const says = (requestId: number) =>
  explain(String(requestId), { status: run().statusNow(), deaths: [], now: run().clock.now() }).says.join(' ');
const queueCalls = (from: number) =>
  run()
    .emulator.calls()
    .filter(({ at, path }) => at >= from && path.endsWith('jobrequests'));

it('whoever asks once is told what waits for a pool of fixed size and why, and Azure is left alone after that', async () => {
  const requestId = await begin();
  expect(says(requestId)).toContain('Not every queue of Azure is read');
  const from = run().clock.now();
  await look();
  expect(queue()).toMatchObject({ followed: false, waiting: [{ for: 'agent', requests: [{ requestId }] }] });
  // Nobody can tell yet what its agents will offer, and none is told unfit.
  expect(says(requestId)).toMatch(
    /^Job request \d+ \(".*"\) waits in pool default since .*: an agent is on its way for it\.$/,
  );
  expect(says(99)).toContain('It did not wait in an agent pool of this installation when the queue was read');
  await run().time.pass(2 * MINUTE_MS);
  expect(queue()).toBeUndefined();
  expect(queueCalls(from).length).toBeLessThanOrEqual(3);
  expect(run().mostPerMinute(run().clock.now() - MINUTE_MS).azure).toBeLessThanOrEqual(MOST_PER_MINUTE / 2);
});

it('whoever looks on, by a page or by asking each second, costs no more calls than a pool that scales', async () => {
  await begin();
  const page = run().daemon.pools.onlookers.enter();
  await run().time.until(() => queue() !== undefined, 2_000);
  await run().time.pass(MINUTE_MS);
  page[Symbol.dispose]();
  const from = run().clock.now() - MINUTE_MS / 2;
  for (let second = 0; second < 90; second++) {
    await look();
    expect(queue()).toBeDefined();
    await run().time.pass(1_000);
  }
  expect(run().mostPerMinute(from).azure).toBeLessThanOrEqual(MOST_PER_MINUTE);
});

it('is told why the queue cannot be read, and waits for nobody when Azure is away', async () => {
  await begin();
  run().emulator.failNext({ kind: 'server-error', path: /jobrequests/, times: 1_000 });
  await look();
  expect(queue()?.unread?.error).toMatch(/the server failed \(500\)/);
  expect(run().statusNow().pools[0]).toMatchObject({
    wants: '2 agents at all times, and 1 more instance booted ahead',
  });
  run().emulator.clearFaults();
  run().emulator.failNext({ kind: 'server-error', times: 1_000 });
  await run().time.until(
    () =>
      run()
        .statusNow()
        .pools.every(({ azure }) => !azure.readable),
    MINUTE_MS,
  );
  const from = run().clock.now();
  await look();
  expect(run().clock.now()).toBe(from);
});
