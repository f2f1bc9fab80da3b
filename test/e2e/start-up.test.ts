import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { isConfinedRun } from '../../testbed/confined-place.js';
import { runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { incusEnvironment } from '../../testbed/incus-command.js';
import { removeProject } from '../../testbed/owned-project.js';
import { runCommand } from '../../testbed/run-command.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { workTree } from '../../testbed/work-tree.js';
import { expectRefusal } from './refusal.js';

describeOnIncus('a start that cannot come to good', testbed => {
  let scenario: Scenario;
  beforeEach(async () => {
    scenario = await startScenario({ ...testbed() });
    return () => scenario[Symbol.asyncDispose]();
  });
  const azure = () => ({ pat: scenario.emulator.token, url: scenario.emulator.url, pool: 'default' });

  test('says that the token is refused, and what token to make', async () => {
    await scenario.configure({ azure: { ...azure(), pat: 'not-the-token-of-this-organisation' } });
    await expectRefusal(scenario, { code: 2, says: /the token was refused .*; make a new token with the scope/ });
  });

  test('names the agent pool that Azure does not have', async () => {
    await scenario.configure({ azure: { ...azure(), pool: 'no such pool' } });
    await expectRefusal(scenario, { code: 2, says: /no agent pool "no such pool" at http.*; create it, or/ });
  });

  test('says that nothing listens where Azure is to be', async () => {
    await scenario.configure({ azure: { ...azure(), url: 'http://127.0.0.1:9/team' } });
    await expectRefusal(scenario, { code: 1, says: /nothing listens there; check host and port of the URL/ });
  });

  test('says that there is no Incus socket', async () => {
    const socket = join(scenario.directory, 'no.socket');
    await scenario.configure({ incus: { socket } });
    await expectRefusal(scenario, {
      code: 1,
      says: /cannot reach Incus at .*no\.socket .*Start it, or name its socket/,
    });
  });

  test('says that nothing answers on the Incus socket', async () => {
    const socket = join(scenario.directory, 'dead.socket');
    await leaveDeadSocket(socket);
    await scenario.configure({ incus: { socket } });
    await expectRefusal(scenario, {
      code: 1,
      says: /cannot reach Incus at .*ECONNREFUSED.*Start it, or name its socket/,
    });
  });

  test('says that what answers is not Incus', async () => {
    const socket = join(scenario.directory, 'web.socket');
    const server = createServer((_, answer) => answer.end('<html>hello</html>')).listen(socket);
    onTestFinished(() => void server.close());
    await scenario.configure({ incus: { socket } });
    await expectRefusal(scenario, { code: 2, says: /the answer is not one of Incus/ });
  });

  test('says that an Incus of the same API that is none does not do', async () => {
    const socket = join(scenario.directory, 'other.socket');
    const environment = { server: 'lxd', server_version: '5.21', architectures: ['x86_64'] };
    const body = {
      type: 'sync',
      status: 'Success',
      status_code: 200,
      metadata: { auth: 'trusted', api_extensions: [], environment },
    };
    const server = createServer((_, answer) => answer.end(JSON.stringify(body))).listen(socket);
    onTestFinished(() => void server.close());
    await scenario.configure({ incus: { socket } });
    await expectRefusal(scenario, { code: 2, says: /is not Incus/ });
  });

  test('says how to make the project that is missing', async () => {
    await scenario.configure({ projectName: 'no-such-project' });
    await expectRefusal(scenario, {
      code: 2,
      // Incus does not tell a daemon that is confined to its project whether there is another one.
      says: isConfinedRun()
        ? /no project "no-such-project", or none that this client may use; make it with: incus-azure-pipelines setup, or/
        : /no project "no-such-project"; make it with: incus-azure-pipelines setup; or make your own/,
    });
  });

  test('is none with a project that was made as the document tells', async () => {
    const { bridge, directory, socketPath, storagePool } = testbed();
    const project = `${scenario.project}-by-hand`;
    const place = { 'azure-pipelines': project, 'pool=default': `pool=${storagePool}`, incusbr0: bridge };
    const run = (script: string) => runCommand('bash', ['-c', script], { env: incusEnvironment(directory) });
    try {
      await run(told('docs/how-to/install.md#without-setup').script(place));
      await run(told('docs/how-to/operate.md#share-the-cores-otherwise').script({ 'azure-pipelines': project }));
      const { profile } = await scenario.incus.withProject(project).profiles.get('default');
      expect(profile.config).toMatchObject({ 'limits.cpu.allowance': '100%' });
      // Its daemon has the socket; a certificate of setup is for the project of setup.
      await scenario.configure({ projectName: project, incus: { socket: socketPath } });
      const { code, stdout } = await runProgram(['plan', '--config', scenario.configPath]);
      // Its images are its own.
      expect(stdout).toContain(`waits: the base cannot be named yet: find source image "debian": project "${project}"`);
      expect(code).toBe(0);
      const copied = { 'azure-pipelines': project, NAME: 'debian' };
      await run(told('docs/how-to/set-up.md#what-it-makes').script(copied));
      const planned = await runProgram(['plan', '--config', scenario.configPath]);
      expect(planned.stdout).not.toContain('cannot be named');
      expect(planned.stdout).toContain('build-base');
    } finally {
      await removeProject(scenario.incus.withProject('default'), project);
    }
  });

  test.each([
    ['eth0', 'root disk', /no root disk; add one with: incus profile device add default root disk path=\/ pool=/],
    ['root', 'network', /no network; add one with: incus profile device add default eth0 nic network=/],
  ])('says how to give a profile with %s alone its %s', async (kept, _, says) => {
    await scenario.incus.profiles.replace('default', ({ devices }) => ({
      config: {},
      devices: Object.fromEntries(Object.entries(devices).filter(([name]) => name === kept)),
    }));
    await expectRefusal(scenario, { code: 2, says });
  });

  test('says that the control socket cannot be made there', async () => {
    await writeFile(join(scenario.directory, 'file'), '');
    await scenario.configure({ controlSocket: join(scenario.directory, 'file', 'control.sock') });
    await expectRefusal(scenario, {
      code: 2,
      says: /cannot make the control socket .*; set controlSocket to/,
      hasState: true,
    });
  });

  test('says that the port of the metrics is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await scenario.configure({ http: { port } });
    await expectRefusal(scenario, {
      code: 1,
      says: /cannot listen on 127\.0\.0\.1:.*EADDRINUSE.*if it stays so, choose another under "http"/,
      hasState: true,
    });
  });

  test('names the process of the daemon that already runs for this installation', async () => {
    await scenario.configure({ agentCount: 0 });
    const [check, run] = told('README.md#installation', 1)
      .lines(2, { FILE: scenario.configPath })
      .map(command => command.split(' ')) as [string[], string[]];
    const program = join(workTree(), check[0] ?? '');
    expect(await runProgram(check.slice(1), { program })).toMatchObject({ code: 0 });
    const first = scenario.startDaemon(run.slice(1), { program });
    await first.seen(line => line.msg === 'running');
    const second = await runProgram(['run', '--config', scenario.configPath]);
    expect(second.stderr).toMatch(new RegExp(`already runs, process ${first.pid}; stop it first`));
    expect(second.code).toBe(2);
    expect(await first.end()).toBe(0);
  });

  test('says that the state directory cannot be used', async () => {
    await mkdir(join(scenario.directory, 'other'));
    await writeFile(join(scenario.directory, 'other', 'file'), '');
    await scenario.configure({ stateDirectory: join(scenario.directory, 'other', 'file') });
    await expectRefusal(scenario, { code: 2, says: /state directory .* cannot be used .*; set stateDirectory to one/ });
  });
});

/** Leaves what a process that was killed leaves of its socket: the file. */
async function leaveDeadSocket(path: string): Promise<void> {
  const program = "require('node:net').createServer().listen(process.argv[1], () => console.log('listening'))";
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
}
