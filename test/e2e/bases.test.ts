import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Emulator } from 'azure-pipelines-emulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { isFull, whenPool } from './daemon-status.js';
import { agentsOnline, startDaemon } from './waiting.js';

describeOnIncus('a base', testbed => {
  async function start(scripts: Readonly<Record<string, string>>, agentCount = 1): Promise<Scenario> {
    const scenario = await startScenario({ ...testbed(), settings: { agentCount, docker: false } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    await provision(scenario, scripts);
    return scenario;
  }

  test('is what its provision scripts make of it, in their order and as root, for every agent', async () => {
    const scripts = {
      'first.sh': 'echo "first as $(id -un)" >> /etc/provisioned',
      'second.py': '#!/bin/sh\necho "second with $0" >> /etc/provisioned',
      'third.sh': 'printf "%s\\n" "third in $PWD" >> /etc/provisioned',
    };
    const scenario = await start(scripts, 2);
    const { emulator } = scenario;
    const daemon = startDaemon(scenario);
    await agentsOnline(emulator, 2);
    const queued = [1, 2].map(n =>
      emulator.queueJob({ name: `job ${n}`, steps: [{ script: 'cat /etc/provisioned' }] }),
    );
    const jobs = await Promise.all(queued.map(job => job.finished));
    expect(new Set(jobs.map(job => job.agentName)).size).toBe(2);
    for (const { lines } of jobs)
      expect(lines).toEqual(
        expect.arrayContaining([
          'first as root',
          expect.stringMatching(/^second with .*second\.py$/),
          'third in /root',
        ]),
      );
    expect(await daemon.end()).toBe(0);
  });

  test('whose script fails shows what it printed, leaves nothing, and is built again once the script is mended', async () => {
    const scenario = await start({ 'setup.sh': 'echo "fetching the tools"\necho "no such mirror" >&2\nexit 3' });
    const { emulator } = scenario;
    const first = startDaemon(scenario);
    const { waiting } = await whenPool(scenario, first, pool => pool.waiting?.includes('could not be built') === true);
    expect(waiting).toMatch(
      /run provision script ".*setup\.sh" in base "iap-base-.*": it ended with code 3; its last lines:\n/,
    );
    // The two streams of a command come side by side.
    expect(waiting?.split('\n').slice(1).sort()).toEqual(['fetching the tools', 'no such mirror']);
    const printed = first.log.filter(line => line.msg === 'progress').map(line => line.text);
    expect(printed).toEqual(expect.arrayContaining(['fetching the tools', 'no such mirror']));

    const failure = await first.seen(line => line.msg.startsWith('action failed'));
    expect(failure).toMatchObject({ error: expect.stringContaining('no such mirror'), count: 1 });
    // A build costs dozens of calls: it is not tried again at once.
    expect(Date.parse(String(failure.retryAt)) - Date.parse(String(failure.time))).toBeGreaterThan(30_000);
    expect(await first.end()).toBe(0);
    expect(await scenario.instanceNames()).toEqual([]);

    await provision(scenario, { 'setup.sh': 'echo mended' });
    const second = startDaemon(scenario);
    await agentsOnline(emulator, 1);
    expect(await second.end()).toBe(0);
  });

  describe('that is new', () => {
    const printed = (emulator: Emulator, name: string) =>
      emulator.queueJob({ name, steps: [{ script: 'cat /etc/generation' }] }).finished;

    test('and whose agents never come online costs one place, and is gone once a better one works', {
      timeout: 420_000,
    }, async () => {
      const scenario = await start({ 'setup.sh': 'echo good > /etc/generation' }, 2);
      const { emulator } = scenario;
      const first = startDaemon(scenario);
      await agentsOnline(emulator, 2);
      const [good = ''] = (await scenario.instanceNames()).filter(isBase);
      expect(await first.end()).toBe(0);

      const broken = 'echo broken > /etc/generation\nprintf "#!/bin/bash\\nexit 1\\n" > /usr/local/lib/iap/agent';
      await provision(scenario, { 'setup.sh': broken });
      const second = startDaemon(scenario);
      const failed = await whenPool(scenario, second, pool => pool.backingOff.length > 0);
      expect(failed.backingOff).toMatchObject([
        { action: 'try-base', error: expect.stringMatching(/^the instance that tried it is gone: /) },
      ]);
      const { tries, agents } = await whenPool(scenario, second, isFull);
      expect(tries).not.toBe(good);
      expect(agents.map(agent => agent.base)).toEqual([good, good]);
      const jobs = await Promise.all(['one', 'two', 'three'].map(name => printed(emulator, name)));
      for (const { result, lines } of jobs)
        expect([result, lines]).toEqual(['succeeded', expect.arrayContaining(['good'])]);
      const activations = second.log.filter(line => line.msg === 'action done' && line.kind === 'activate-agent');
      expect(activations.filter(line => line.tries !== undefined)).toHaveLength(1);
      await whenPool(scenario, second, isFull);
      expect(await second.end()).toBe(0);

      await provision(scenario, { 'setup.sh': 'echo better > /etc/generation' });
      const third = startDaemon(scenario);
      const moved = await whenPool(
        scenario,
        third,
        pool => isFull(pool) && pool.agents.every(({ base }) => base !== good && base !== tries),
      );
      expect(moved.tries).toBeUndefined();
      expect((await printed(emulator, 'four')).lines).toContain('better');
      await third.seen(line => line.msg === 'action done' && line.kind === 'delete-base' && line.base === good);
      expect((await scenario.instanceNames()).filter(isBase)).toEqual([moved.agents[0]?.base]);
      expect(await third.end()).toBe(0);
    });
  });

  describe('that was half-made when the daemon was killed', () => {
    const BLOCKED = 'until [ -e /go ]; do sleep 0.1; done';

    async function killMeanwhile(scenario: Scenario): Promise<string> {
      const daemon = startDaemon(scenario);
      await daemon.seen(isRunningScript);
      const [base = ''] = await scenario.instanceNames();
      await daemon.end('SIGKILL');
      return base;
    }

    test('is made anew', async () => {
      const scenario = await start({ 'setup.sh': BLOCKED });
      const base = await killMeanwhile(scenario);
      await scenario.incus.files.push(base, '/etc/half-made', '');
      const next = startDaemon(scenario);
      await next.seen(isRunningScript);
      await scenario.incus.files.push(base, '/go', '');
      await agentsOnline(scenario.emulator, 1);
      const script = 'test ! -e /etc/half-made';
      expect((await scenario.emulator.queueJob({ name: 'looks', steps: [{ script }] }).finished).result).toBe(
        'succeeded',
      );
      expect(await next.end()).toBe(0);
    });

    test('is removed when another one is wanted by then', async () => {
      const scenario = await start({ 'setup.sh': BLOCKED });
      const base = await killMeanwhile(scenario);
      await provision(scenario, { 'setup.sh': 'true' });
      const next = startDaemon(scenario);
      await agentsOnline(scenario.emulator, 1);
      await next.seen(line => line.msg === 'action done' && line.kind === 'delete-base' && line.base === base);
      expect(await scenario.instanceNames()).not.toContain(base);
      expect(await next.end()).toBe(0);
    });
  });
});

function isBase(name: string): boolean {
  return name.startsWith('iap-base-');
}

function isRunningScript(line: { readonly msg: string; readonly text?: unknown }): boolean {
  return line.msg === 'progress' && String(line.text).startsWith('Running provision script');
}

/** Writes the scripts and a configuration that names them in this order. */
async function provision(scenario: Scenario, scripts: Readonly<Record<string, string>>): Promise<void> {
  const paths = Object.keys(scripts).map(name => join(scenario.directory, name));
  for (const [at, content] of Object.values(scripts).entries()) await writeFile(paths[at] ?? '', content);
  await scenario.configure({ provisionScripts: paths });
}
