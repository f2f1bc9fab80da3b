import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type EventRule, type IncusProxy, startIncusProxy } from '../../testbed/incus-proxy.js';
import type { Scenario } from '../../testbed/scenario.js';
import { startWithBase } from './finished-base.js';
import { anotherOnline, startDaemon } from './waiting.js';

/** Longer than any test: what is told by an interval of this length is never told. */
const never = '1h';

describeOnIncus('an agent is replaced', testbed => {
  let scenario: Scenario;
  let proxy: IncusProxy;
  beforeAll(async () => {
    scenario = await startWithBase({
      ...testbed(),
      settings: { agentCount: 1, azurePollInterval: never },
    });
    const listenPath = join(scenario.directory, 'incus.sock');
    proxy = await startIncusProxy(testbed().socketPath, listenPath);
    await scenario.configure({ incus: { socket: listenPath } });
  });
  afterAll(async () => {
    await scenario?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
  });

  test('when nothing but its deletion is told', async () => {
    const { first } = await replacedWith(only('instance-deleted'), never);
    const kept = proxy.heldBack.filter(event => event.name === first).map(event => event.action);
    expect(kept).toEqual(expect.arrayContaining(['instance-ready', 'instance-shutdown']));
  });

  test('when nothing but the ring of its doorbell is told', async () => {
    const { first } = await replacedWith(only('instance-ready'), never);
    const kept = proxy.heldBack.filter(event => event.name === first).map(event => event.action);
    expect(kept).not.toContain('instance-ready');
  });

  test('when nothing is told and every list is made by the interval', async () => {
    const before = proxy.calls.length;
    await replacedWith('refuse', '2s');
    const refused = proxy.calls.slice(before).filter(call => call.path === '/1.0/events');
    expect(refused.length).toBeGreaterThan(1);
  });

  /** Has an agent run a job under a rule, until another agent is online. */
  async function replacedWith(rule: EventRule, reconcileInterval: string): Promise<{ first: string }> {
    const { emulator } = scenario;
    proxy.hear(rule);
    await scenario.configure({ incus: { socket: proxy.listenPath }, reconcileInterval });
    await using daemon = startDaemon(scenario);
    await daemon.seen(line => line.msg === 'running');
    const first = await anotherOnline(emulator);
    const job = await emulator.queueJob({ steps: [{ script: 'true' }] }).finished;
    expect(job).toMatchObject({ result: 'succeeded', agentName: first });
    await anotherOnline(emulator, first);
    return { first };
  }

  /** One kind of event of those instances that are agents; the reserve's own rings are no part of the question. */
  function only(action: string): EventRule {
    return event => event.action === action || !isActivated(event.name);
  }

  function isActivated(name: string): boolean {
    return proxy.calls.some(call => call.path === `/1.0/instances/${name}/files`);
  }
});
