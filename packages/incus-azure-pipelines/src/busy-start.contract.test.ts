import { expect, it, onTestFinished } from 'vitest';
import { MINUTE_MS, useLongRun } from '../test/long-run.js';

const AGENTS = 24;

const run = useLongRun();

it.each(['host', 'guest'] as const)(
  'two dozen agents that the %s registers begin at once, of which Node warns nobody',
  async registration => {
    const warnings: Error[] = [];
    const hear = (warning: Error) => warnings.push(warning);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    let isBooted = false;
    run().incus.aliases.set('debian', 'f'.repeat(64));
    run().incus.guests = { boots: 'Running', next: shown => (isBooted ? 'Ready' : shown) };
    await run().begin({ agentCount: AGENTS, maxConcurrentCreates: 2 * AGENTS, registration });
    await run().time.until(() => run().incus.instances.size > AGENTS, MINUTE_MS);
    isBooted = true;
    await run().time.until(() => run().isWhole(AGENTS), MINUTE_MS);
    expect(warnings).toEqual([]);
  },
);
