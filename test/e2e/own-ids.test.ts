import { expect, onTestFinished, test } from 'vitest';
import { agentName, birthOf } from '../../packages/incus-azure-pipelines/src/model/agent-name.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import type { Scenario } from '../../testbed/scenario.js';
import { whenPool } from './daemon-status.js';
import { startWithBase } from './finished-base.js';
import { agentsOnline, anotherOnline, lineShown, startDaemon } from './waiting.js';

/** Later than the births of all that the daemon has made. */
const LATER_MS = 60_000;
const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

describeOnIncus('a guest that has the user ids of another one', testbed => {
  test('is deleted before it is an agent, and the other one goes on', { timeout: 300_000 }, async () => {
    // A project with restrictions refuses ids of somebody's choice, by which this is brought about.
    const scenario = await startWithBase({ ...testbed(), confined: false, settings: { agentCount: 1, reserve: 1 } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    await using daemon = startDaemon(scenario);
    await agentsOnline(emulator, 1);
    const job = emulator.queueJob({ steps: [{ script: UNTIL_TOLD }] });
    const { agentName: busy } = await lineShown(emulator, job, 'begun');
    const { agents } = await whenPool(scenario, daemon, ({ prepared }) => prepared === 1);
    const reserve = agents.find(({ phase }) => phase === 'prepared')?.name ?? '';

    for (const holder of [busy, reserve]) {
      const twin = await makeTwin(scenario, holder);
      const { reason } = await daemon.seen(({ kind, msg, name }) => {
        return msg === 'action done' && kind === 'delete-instance' && name === twin;
      });
      expect(reason).toBe(`shares its user ids with ${holder}`);
    }
    await incus.files.push(busy, '/tmp/go', '');
    expect((await job.finished).result).toBe('succeeded');
    expect(await anotherOnline(emulator, busy)).toBe(reserve);
  });
});

/**
 * Makes a guest that was born after another one of its pool and has the same user ids, as Incus may give to two that are made
 * at once. Gives back its name.
 */
async function makeTwin({ incus }: Scenario, holder: string): Promise<string> {
  const { config } = (await incus.instances.get(holder)).instance;
  const [, prefix = '', owner = ''] = /^(.*)-([0-9a-f]{6})-[0-9a-z]+$/.exec(holder) ?? [];
  const name = agentName(prefix, owner, (birthOf(holder, owner) ?? 0) + LATER_MS);
  const marks = Object.entries(config).filter(([key]) => key.startsWith('user.iap.'));
  const base = config['volatile.idmap.base'] ?? '';
  await incus.instances.create({
    name,
    ephemeral: true,
    start: true,
    source: { type: 'copy', source: config['user.iap.base'] ?? '', instance_only: true },
    config: {
      ...Object.fromEntries(marks),
      'user.iap.activated': '',
      'user.iap.base.state': '',
      'security.idmap.isolated': 'true',
      'security.idmap.base': base,
    },
  });
  return name;
}
