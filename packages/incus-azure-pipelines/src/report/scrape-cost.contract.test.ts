import { expect, it } from 'vitest';
import { useLongRun } from '../../test/long-run.js';
import { makeMetrics } from './metrics.js';

const IMAGE = 'f'.repeat(64);

const run = useLongRun();

it.each([2, 12])('a scrape calls neither Incus nor Azure, of %d agents', async agentCount => {
  run().incus.aliases.set('debian', IMAGE);
  await run().beginWhole({ agentCount });
  const registry = makeMetrics(
    run().daemon.events,
    () => run().statusNow(),
    async () => 0,
  );
  const before = [run().incus.calls.length, run().emulator.calls().length];
  for (let scrapes = 0; scrapes < 10; scrapes += 1)
    expect(await registry.metrics()).toContain(`iap_target_agents{pool="default"} ${agentCount}\n`);
  await run().time.atRest();
  expect([run().incus.calls.length, run().emulator.calls().length]).toEqual(before);
});
