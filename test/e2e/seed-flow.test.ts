import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startIncusProxy } from '../../testbed/incus-proxy.js';
import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { startScenario } from '../../testbed/scenario.js';
import { anotherOnline, startDaemon } from './waiting.js';

describeOnIncus('the life of an agent', testbed => {
  test('copied from the base, booted, credentials pushed, registered and run once, reaped by Incus, replaced', async () => {
    const scenario = await startScenario({
      ...testbed(),
      settings: { agentCount: 1, registration: 'guest', docker: true },
    });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    const listenPath = join(scenario.directory, 'incus.sock');
    await using proxy = await startIncusProxy(testbed().socketPath, listenPath);
    await scenario.configure({ incus: { socket: listenPath } });
    await using events = await recordLifecycle(incus);
    await using daemon = startDaemon(scenario);
    const name = await anotherOnline(emulator);
    const asked = (method: string, path = '') =>
      proxy.calls.filter(call => call.method === method && call.path === `/1.0/instances${path}`);

    // Copied from the base.
    const base = (await incus.instances.list()).find(({ config }) => config['user.iap.base.state'] === 'ready');
    const copies = () =>
      asked('POST')
        .map(call => JSON.parse(call.body))
        .filter(post => post.source.type === 'copy');
    expect(copies()).toMatchObject([{ name, ephemeral: true, source: { source: base?.name } }]);
    expect((await events.seen('instance-created', name)).metadata.requestor).toBeDefined();
    const { instance } = await incus.instances.get(name);
    expect(instance.config['user.iap.base']).toBe(base?.name);

    // Booted: the guest said so itself, and before it was given anything.
    const order = (action: string) =>
      events.events.findIndex(({ metadata }) => metadata.action === action && metadata.name === name);
    expect((await events.seen('instance-ready', name)).metadata.requestor).toBeUndefined();
    expect(order('instance-started')).toBeLessThan(order('instance-ready'));
    expect(order('instance-ready')).toBeLessThan(order('instance-file-pushed'));

    // Credentials pushed, as a file and as nothing else.
    const pushes = asked('POST', `/${name}/files`);
    expect(pushes.map(call => call.query.get('path'))).toEqual(['/run/iap/activation.tar']);
    const [activation = Buffer.alloc(0)] = pushes.map(call => call.pushed);
    const members = ['name', 'url', 'pool', 'work', 'environment', 'token', 'complete'];
    expect(tar(activation, '--list').trimEnd().split('\n')).toEqual(members);
    expect(tar(activation, '--extract', '--to-stdout', 'token')).toBe(`${emulator.token}\n`);
    expect(JSON.stringify(instance)).not.toContain(emulator.token);
    expect(proxy.calls.filter(call => call.body.includes(emulator.token))).toEqual([]);

    // The units read and delete them, token and tar file included, then config.sh, then run.sh --once.
    const job = emulator.queueJob({ steps: [{ script: inspection }] });
    const { lines, result } = await job.finished;
    expect(result).toBe('succeeded');
    expect(lines).toContain('pushed and unpacked: activation');
    expect(lines).toContain('activation: complete environment name pool url work');
    const told = lines.slice(lines.indexOf('== register.log') + 1, lines.indexOf('== end'));
    const words = told.map(line => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ:? /, ''));
    expect(words).toEqual([
      'Connecting to server ...',
      'Scanning for tool capabilities.',
      'Connecting to the server.',
      'Successfully added the agent',
      'Testing agent connection.',
      'Settings Saved.',
      'Registered.',
    ]);
    expect(lines).toContain('scheme: OAuth');
    expect(lines).toContain('registration unit: success');
    expect(lines).toContain('its state: inactive');
    expect(lines.filter(line => line.endsWith('run.sh --once'))).not.toEqual([]);
    const registered = emulator.calls().filter(({ method, route }) => method === 'POST' && route.endsWith('/agents'));
    // The first was the daemon's own, which asked whether this server gives agents an identity.
    expect(registered.map(({ caller, status }) => `${caller} ${status}`)).toEqual(Array(2).fill('organisation 200'));

    // Powered off from within and reaped by Incus: nobody asked for either.
    expect((await events.seen('instance-shutdown', name)).metadata.requestor).toBeUndefined();
    expect((await events.seen('instance-deleted', name)).metadata.requestor).toBeUndefined();
    expect(asked('PUT', `/${name}/state`)).toEqual([]);
    expect(asked('DELETE', `/${name}`)).toEqual([]);

    // Replaced, and its registration with it.
    const next = await anotherOnline(emulator, name);
    expect(copies().map(copy => copy.name)).toEqual([name, next]);
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === name);
    expect(emulator.agents().map(agent => agent.name)).toEqual([next]);
  });
});

/** Reads a tar file. */
function tar(archive: Buffer, ...what: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('tar', ['--file=-', ...what], { input: archive, encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** A job may be root in its own guest. */
const inspection = [
  'echo "pushed and unpacked: $(sudo ls /run/iap | xargs)"',
  'echo "activation: $(sudo ls /run/iap/activation | xargs)"',
  'echo "scheme: $(grep --only-matching OAuth /home/agent/.credentials)"',
  'echo "registration unit: $(systemctl show --property=Result --value iap-register)"',
  'echo "its state: $(systemctl show --property=ActiveState --value iap-register)"',
  'ps -eo args= | grep --fixed-strings run.sh',
  'echo "== register.log"',
  'cat /var/log/iap/register.log',
  'echo "== end"',
].join('\n');
