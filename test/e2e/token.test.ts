import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { type Scenario, type ScenarioOptions, startScenario } from '../../testbed/scenario.js';
import { workTree } from '../../testbed/work-tree.js';
import { agentsOnline, lineShown, startDaemon } from './waiting.js';

const searchProgram = join(workTree(), 'packages/incus-azure-pipelines/src/execute/guest/testdata/search-processes.pl');
/** Every file there is, and those that are deleted but still held open. The text comes on standard input. */
const searchFiles = [
  'text=$(cat)',
  'find / -fstype proc -prune -o -fstype sysfs -prune -o -type f -print0 | xargs -0 grep -lFs -e "$text"',
  'find /proc/[0-9]*/fd -lname "* (deleted)" -print0 2>/dev/null | xargs -0 -r grep -lFs -D skip -e "$text"',
].join('\n');
const searchProcesses = 'perl /root/search.pl | sort -u';

/** Holds what is known to everybody in each of the places where a secret could be. */
const job = [
  'echo "$CANARY" > /home/agent/canary',
  'exec 9> /tmp/held && echo "$CANARY" >&9 && rm /tmp/held',
  'echo waiting',
  `bash -c 'until [ -e /tmp/go ]; do sleep 0.1; done' "$CANARY"`,
].join('\n');
const canary = 'known-to-everybody';

describeOnIncus('the token', testbed => {
  async function scenarioWith(options: Partial<ScenarioOptions>): Promise<Scenario> {
    const scenario = await startScenario({ ...testbed(), ...options });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    return scenario;
  }

  test('is in no file, environment, command line or memory of a guest that runs a job', async () => {
    const scenario = await scenarioWith({
      settings: { agentCount: 1, registration: 'guest', env: { CANARY: canary } },
    });
    const { emulator, incus } = scenario;
    await using _daemon = startDaemon(scenario);
    await agentsOnline(emulator, 1);
    const queued = emulator.queueJob({ steps: [{ script: job }] });
    const { agentName } = await lineShown(emulator, queued, 'waiting');
    await incus.files.push(agentName, '/root/search.pl', await readFile(searchProgram, 'utf8'));
    const search = async (script: string, text: string) =>
      (await incus.exec(agentName, { command: ['bash', '-c', script], stdin: `${text}\n` }, { deadlineMs: 100_000 }))
        .stdout;

    // What is known to be there is found, so the search can be believed.
    const files = (await search(searchFiles, canary)).replace(/\d+/g, 'N').split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['/run/iap/activation/environment', '/home/agent/canary', '/proc/N/fd/N']),
    );
    expect(await search(searchProcesses, canary)).toBe('cmdline\nenviron\nmem\n');
    const { token } = emulator;
    for (const spelling of [token, Buffer.from(`:${token}`).toString('base64')]) {
      expect(await search(searchFiles, spelling)).toBe('');
      expect(await search(searchProcesses, spelling)).toBe('');
    }
    expect(JSON.stringify(await incus.instances.list())).not.toContain(token);

    await incus.exec(agentName, { command: ['touch', '/tmp/go'] });
    expect((await queued.finished).result).toBe('succeeded');
  });

  test('goes with its machine, before any job can come, when the server gives the agent nothing better', async () => {
    const scenario = await scenarioWith({
      settings: { agentCount: 1, registration: 'guest' },
      emulator: { omitAuthorization: true },
    });
    const { emulator, incus } = scenario;
    await using events = await recordLifecycle(incus);
    const told: string[] = [];
    emulator.on(({ kind }) => told.push(kind));
    await using daemon = startDaemon(scenario);
    const error = await daemon.seen(line => line.level === 'error');
    expect(error).toMatchObject({
      msg: 'the agent could not be registered',
      error: expect.stringMatching(/\.credentials is not of scheme OAuth/),
    });
    const status = JSON.parse((await scenario.call('status', '--json')).stdout);
    expect(status.pools[0].backingOff).toMatchObject([{ action: 'register-agent', error: error.error }]);
    const name = String(error.agent);
    expect((await events.seen('instance-deleted', name)).metadata.requestor).toBeUndefined();
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === name);
    expect(daemon.log.filter(line => line.level === 'error' && line.agent === name)).toEqual([error]);
    expect(JSON.stringify(daemon.log)).not.toContain(emulator.token);
    expect(told).toContain('agent-registered');
    expect(told).not.toContain('agent-online');
  });
});
