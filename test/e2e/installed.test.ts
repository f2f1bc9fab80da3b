import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInstallation } from '../../packages/incus-azure-pipelines/src/lib/installation.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { runCommand } from '../../testbed/run-command.js';
import type { Scenario } from '../../testbed/scenario.js';
import { workTree } from '../../testbed/work-tree.js';
import { startWithBase } from './finished-base.js';
import { SystemContainer } from './system-container.js';
import { agentsOnline, lineShown } from './waiting.js';

const NAME = 'incus-azure-pipelines';
const SOCKET = '/srv/incus.socket';
/** What a package has beside the program. */
const PARTS: readonly string[] = [
  `/usr/bin/${NAME}`,
  `/usr/lib/${NAME}/bundle/page/page.js`,
  `/usr/lib/${NAME}/node`,
  `/usr/lib/systemd/system/${NAME}.service`,
  `/usr/lib/systemd/system/${NAME}-shutdown.service`,
  `/usr/share/bash-completion/completions/${NAME}`,
  `/usr/share/doc/${NAME}/NODE-LICENSE.txt.gz`,
  `/usr/share/doc/${NAME}/THIRD-PARTY-LICENSES.txt.gz`,
  `/usr/share/doc/${NAME}/copyright`,
  `/usr/share/${NAME}/alerts.yaml`,
  `/usr/share/${NAME}/board.json`,
  `/usr/share/${NAME}/config.example.yaml`,
  `/usr/share/${NAME}/config.schema.json`,
  `/usr/share/man/man1/${NAME}.1.gz`,
];

/** Stands for a service of Incus, which is on another host here. */
const SERVICE = '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n';
const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

/** A package without a Node of its own asks for the distribution's, which a guest that reaches no mirror does not get. */
const isShared = Reflect.get(process.config.variables, 'node_shared') === true;
const obstacle = isShared ? "the Node of this host is a library of the distribution's" : undefined;

describeOnIncus(
  'the package for Debian',
  testbed => {
    let folder: string;
    let incus: IncusClient;
    let scenario: Scenario;
    let host: SystemContainer;
    let installed: readonly string[];

    beforeAll(async () => {
      const { image, socketPath } = testbed();
      folder = await mkdtemp(join(tmpdir(), 'iap-deb-'));
      const build = runCommand('node', [join(workTree(), 'build/scripts/deb.js'), '--output', folder]);
      incus = connectIncus({ connection: { kind: 'unix', socketPath } });
      scenario = await startWithBase({ ...testbed(), confined: false, settings: { agentCount: 1 } });
      host = await SystemContainer.start(incus, 'host-of-the-package', image);
      await host.share(socketPath, SOCKET);
      await host.run('groupadd --system incus-admin');
      await host.push('/root/package.deb', await readFile((await build).trim()));
    });
    afterAll(async () => {
      await host?.[Symbol.asyncDispose]();
      await scenario?.[Symbol.asyncDispose]();
      await incus?.close();
      await rm(folder, { recursive: true });
    });

    const writeToken = (token: string) => host.run(`echo ${token} >/etc/${NAME}/pat && chmod 0640 /etc/${NAME}/pat`);

    /** That of the scenario, as the host of the package sees it. */
    const writeConfig = async (settings: object = {}) => {
      const config = JSON.parse(await readFile(scenario.configPath, 'utf8'));
      const places = { controlSocket: undefined, stateDirectory: undefined, incus: { socket: SOCKET } };
      const azure = { ...config.azure, pat: { file: `/etc/${NAME}/pat` } };
      await host.push(`/etc/${NAME}/config.yaml`, JSON.stringify({ ...config, ...places, azure, ...settings }));
      return { stateDirectory: config.stateDirectory };
    };
    const mainPid = () => host.run(`systemctl show --property=MainPID ${NAME}`);

    test('warns of what a release before it has left, until one has done what the document says', async () => {
      await host.run(`mkdir -p /etc/${NAME}; (umask 077; echo token >/etc/${NAME}/pat)`);
      await host.push(`/etc/systemd/system/${NAME}.service`, '[Service]\nExecStart=/bin/true\n');
      await host.push(`/etc/${NAME}/config.yaml`, `azure: {pat: {file: /run/credentials/${NAME}.service/pat}}\n`);
      const warnings = async () =>
        (await host.run('dpkg --install /root/package.deb 2>&1')).split('\n').filter(line => line.includes('warning'));
      expect(await warnings()).toEqual([
        expect.stringContaining(`/etc/systemd/system/${NAME}.service is used in the place of this package's unit`),
        expect.stringContaining('has the token from systemd, which has none'),
        expect.stringContaining('to the group incus-azure-pipelines-token'),
      ]);
      await host.run(await commandsOf('operate.md', 'chgrp'));
      expect(await host.run(`cat /etc/${NAME}/config.yaml`)).toBe(`azure: {pat: {file: /etc/${NAME}/pat}}\n`);
      expect(await host.run(`stat --format='%G %a' /etc/${NAME}/pat`)).toBe(`${NAME}-token 640\n`);
      await host.run(`rm /etc/systemd/system/${NAME}.service`);
      expect(await warnings()).toEqual([]);
      await host.run(`rm /etc/${NAME}/* && dpkg --remove ${NAME} && ! test -e /etc/${NAME}`);
    });

    test('is installed by dpkg, runs by its own Node, and starts nothing', async () => {
      await host.run('dpkg --install /root/package.deb');
      expect(await host.run(`stat --format='%G %a' /etc/${NAME}`)).toBe(`${NAME}-token 2750\n`);
      installed = (await host.run(`dpkg --listfiles ${NAME}`)).trim().split('\n');
      expect(installed).toEqual(expect.arrayContaining([...PARTS]));
      const { version } = JSON.parse(await readFile(join(workTree(), `packages/${NAME}/package.json`), 'utf8'));
      expect(await host.run(`PATH=/usr/bin; command -v node || true; ${NAME} --version`)).toBe(`${version}\n`);
      expect(await host.run(`systemctl is-enabled ${NAME} || systemctl is-active ${NAME} || true`)).toBe(
        'disabled\ninactive\n',
      );
      expect(await host.run(`systemd-analyze verify --man=no ${NAME}.service ${NAME}-shutdown.service 2>&1`)).toBe('');
    });

    test('is a service that is up when it has asked Incus and Azure, and answers those who may ask', async () => {
      const { emulator } = scenario;
      const { stateDirectory } = await writeConfig();
      await writeToken(emulator.token);
      await host.run(`${NAME} check`);
      // The base is that of an installation, which this one goes on with.
      await host.run(`${NAME} adopt --owner ${(await openInstallation(stateDirectory)).ownerId}`);
      await host.run(`systemctl enable --now ${NAME}`);
      expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
      const asked = `setpriv --reuid nobody --regid ${NAME}-control --clear-groups ${NAME} status --json`;
      expect(JSON.parse(await host.run(asked))).toMatchObject({ pools: [{ name: 'default' }] });
      expect(
        await host.run('setpriv --reuid nobody --regid nogroup --clear-groups cat /etc/*/pat 2>&1 || true'),
      ).toContain('Permission denied');
    });

    test('has an agent run a job, with all that its unit forbids it', async () => {
      await agentsOnline(scenario.emulator, 1);
      const job = scenario.emulator.queueJob({ name: 'job', steps: [{ script: 'echo done' }] });
      expect(await job.finished).toMatchObject({ result: 'succeeded' });
    });

    test('uses a changed token without being started again', async () => {
      const before = await mainPid();
      await writeToken('another');
      await host.journalShows(NAME, 'cannot be read');
      await writeToken(scenario.emulator.token);
      await host.journalShows(NAME, 'cannot be read', 'can be read again');
      expect(await mainPid()).toBe(before);
    });

    test('tells the journal how grave each line is', async () => {
      const warnings = await host.run(`journalctl --unit=${NAME} --priority=warning --output=cat`);
      expect(warnings).toContain('"msg":"cannot be read"');
      expect(warnings).not.toContain('"level":"info"');
      expect(await host.run(`journalctl --unit=${NAME} --output=cat`)).toContain('{"level":"info"');
    });

    test('has a shutdown wait for the job that runs, while daemon and Incus do, and agents made after the boot', async () => {
      const others = ['incus', 'incus-startup'];
      for (const name of others) await host.push(`/etc/systemd/system/${name}.service`, SERVICE);
      await host.run(`systemctl daemon-reload; systemctl start ${others.join(' ')}
systemctl enable --now ${NAME}-shutdown`);
      const job = scenario.emulator.queueJob({ name: 'long', steps: [{ script: UNTIL_TOLD }] });
      const { agentName } = await lineShown(scenario.emulator, job, 'begun');
      await using lifecycle = await recordLifecycle(incus);
      await host.run('systemctl poweroff --no-block');
      await host.journalShows(`${NAME}-shutdown`, 'All pools: no new jobs', agentName);
      expect(await host.run('systemctl is-system-running || true')).toBe('stopping\n');
      expect(await host.run(`systemctl is-active ${NAME} ${others.join(' ')}`)).toBe('active\nactive\nactive\n');
      await scenario.incus.files.push(agentName, '/tmp/go', '');
      expect(await job.finished).toMatchObject({ result: 'succeeded' });
      await lifecycle.seen('instance-shutdown', host.name);
      await host.boot();
      await agentsOnline(scenario.emulator, 1);
    });

    test('is left alone by systemd while it lives, and started again when it hangs', async () => {
      await host.run(`mkdir -p /run/systemd/system/${NAME}.service.d`);
      await host.push(`/run/systemd/system/${NAME}.service.d/soon.conf`, '[Service]\nWatchdogSec=5s\n');
      await host.run(`systemctl daemon-reload && systemctl restart ${NAME}`);
      const before = await mainPid();
      const heard = `systemctl show --property=WatchdogTimestampMonotonic ${NAME}`;
      const word = `last=$(${heard}); until [ "$(${heard})" != "$last" ]; do sleep 0.1; done`;
      // The first may be that of the start.
      await host.run(`${word}; ${word}`);
      expect(await mainPid()).toBe(before);
      await host.run(`kill -STOP "$(systemctl show --value --property=MainPID ${NAME})"`);
      await host.journalShows(NAME, 'Watchdog timeout', 'Started');
      expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
      expect(await mainPid()).not.toBe(before);
    });

    test('is purged with all that is its own, and leaves what a person wrote', async () => {
      await host.run(`dpkg --purge ${NAME}`);
      const left = installed.filter(path => path.includes(NAME)).map(path => `! test -e ${path} || echo ${path}`);
      expect((await host.run(left.join('\n'))).trim()).toBe(`/etc/${NAME}`);
      const places = `/run/${NAME} /var/lib/${NAME} /var/lib/private/${NAME} /etc/systemd/system/*.wants/${NAME}*`;
      expect(await host.run(`ls -d ${places} 2>/dev/null; getent group | grep ${NAME}; true`)).toBe('');
      expect(await host.run(`stat --format='%n %G %a' /etc/${NAME}/*`)).toBe(
        `/etc/${NAME}/config.yaml root 644\n/etc/${NAME}/pat root 640\n`,
      );
      expect(await host.run(`systemctl show --property=LoadState --value ${NAME}`)).toBe('not-found\n');
    });

    test('is done without by the commands for npm, beside a program in /usr/local', async () => {
      await host.run(`mkdir /root/deploy; dpkg-deb --extract /root/package.deb /opt/package
sed --in-place 1s,/usr/lib,/opt/package/usr/lib, /opt/package/usr/lib/${NAME}/bundle/main.js
ln -s /opt/package/usr/lib/${NAME}/bundle/main.js /usr/local/bin/${NAME}`);
      const deploy = join(workTree(), 'deploy');
      for (const entry of await readdir(deploy, { withFileTypes: true }))
        if (entry.isFile()) await host.push(`/root/deploy/${entry.name}`, await readFile(join(deploy, entry.name)));
      await host.run(`cd /root; ${await commandsOf('install.md', 'install -D -m 0644 deploy/sysusers.conf')}`);
      expect(await host.run(`systemd-analyze verify --man=no ${NAME}.service ${NAME}-shutdown.service 2>&1`)).toBe('');
      const share = `/usr/local/share/${NAME}`;
      expect((await host.run(`cat ${share}/config.example.yaml`)).split('\n')[0]).toBe(
        `# yaml-language-server: $schema=${share}/config.schema.json`,
      );
      expect(JSON.parse(await host.run(`cat ${share}/config.schema.json`))).toMatchObject({ type: 'object' });
      // No base is built of an image that is not there, even for a pool without agents.
      await writeConfig({ agentCount: 0, baseImage: 'local:none' });
      await writeToken(scenario.emulator.token);
      await host.run(`chgrp ${NAME}-token /etc/${NAME}/*; systemctl start ${NAME}`);
      expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
    });
  },
  obstacle,
);

/** The commands that a document tells, of the block that begins with these words. */
async function commandsOf(document: string, start: string): Promise<string> {
  const text = await readFile(join(workTree(), 'docs/how-to', document), 'utf8');
  const found = text.split(/^```(?:sh)?$/m).find(block => block.trim().startsWith(start));
  if (found === undefined) throw new Error(`${document} has no block that begins with "${start}"`);
  return `set -e\n${found}`;
}
