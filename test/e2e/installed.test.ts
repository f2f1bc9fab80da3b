import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openInstallation } from '../../packages/incus-azure-pipelines/src/lib/installation.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { told } from '../../testbed/told-commands.js';
import { workTree } from '../../testbed/work-tree.js';
import { theCertificateOfSetup } from './installed/certificate.js';
import { asksForTheDistributionsNode, nodeIsShared, theDistributionsNode } from './installed/distributions-node.js';
import { theCommandsOfOperators } from './installed/operators.js';
import { NAME, PackageHost } from './installed/package-host.js';
import { theFaultsOfAService } from './installed/service-faults.js';
import type { SystemContainer } from './system-container.js';
import { agentsOnline, lineShown } from './waiting.js';

/** What a package has beside the program. */
const PARTS: readonly string[] = [
  `/usr/bin/${NAME}`,
  `/usr/lib/${NAME}/bundle/page/page.js`,
  `/usr/lib/systemd/system/${NAME}.service`,
  `/usr/lib/systemd/system/${NAME}-shutdown.service`,
  `/usr/share/bash-completion/completions/${NAME}`,
  `/usr/share/doc/${NAME}/THIRD-PARTY-LICENSES.txt.gz`,
  `/usr/share/doc/${NAME}/copyright`,
  `/usr/share/${NAME}/alerts.yaml`,
  `/usr/share/${NAME}/board.json`,
  `/usr/share/${NAME}/config.example.yaml`,
  `/usr/share/${NAME}/config.schema.json`,
  `/usr/share/fish/vendor_completions.d/${NAME}.fish`,
  `/usr/share/man/man1/${NAME}.1.gz`,
  `/usr/share/zsh/vendor-completions/_${NAME}`,
];

/** What it has of the Node that it brings. */
const OF_ITS_NODE: readonly string[] = [`/usr/lib/${NAME}/node`, `/usr/share/doc/${NAME}/NODE-LICENSE.txt.gz`];

/** Stands for a service of Incus, which is on another host here. */
const SERVICE = '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n';
const UNTIL_TOLD = 'echo begun; until [ -e /tmp/go ]; do sleep 0.1; done';

describeOnIncus('the package for Debian', testbed => {
  let place: PackageHost;
  let host: SystemContainer;
  let installed: readonly string[];

  beforeAll(async () => {
    place = new PackageHost(testbed());
    await place.start();
    host = place.host;
  });
  afterAll(() => place?.[Symbol.asyncDispose]());

  if (nodeIsShared) asksForTheDistributionsNode(() => place);

  test('warns of what a release before it has left, until one has done what the document says', async () => {
    await host.run(`mkdir -p /etc/${NAME}; (umask 077; echo token >/etc/${NAME}/pat)`);
    await host.push(`/etc/systemd/system/${NAME}.service`, '[Service]\nExecStart=/bin/true\n');
    await host.push(`/etc/${NAME}/config.yaml`, `azure: {pat: {file: /run/credentials/${NAME}.service/pat}}\n`);
    const warnings = async (command: string) =>
      (await place.tell(`${command} 2>&1`)).split('\n').filter(line => line.includes('warning: '));
    const [, install] = told('README.md#installation').lines(2);
    expect(await warnings(install)).toEqual([
      expect.stringContaining(`/etc/systemd/system/${NAME}.service is used in the place of this package's unit`),
      expect.stringContaining('has the token from systemd, which has none'),
      expect.stringContaining('to the group incus-azure-pipelines-token'),
    ]);
    await place.tell(told('docs/how-to/operate.md#from-a-release-before-the-package').script());
    expect(await host.run(`cat /etc/${NAME}/config.yaml`)).toBe(`azure: {pat: {file: /etc/${NAME}/pat}}\n`);
    expect(await host.run(`stat --format='%G %a' /etc/${NAME}/pat`)).toBe(`${NAME}-token 640\n`);
    await host.run(`rm /etc/systemd/system/${NAME}.service`);
    expect(await warnings('dpkg --install build/packages/*.deb')).toEqual([]);
    await host.run(`rm /etc/${NAME}/* && dpkg --remove ${NAME} && ! test -e /etc/${NAME}`);
  });

  test('is installed as the document tells, runs by the Node that it brings or asks for, and starts nothing', async () => {
    const [build, install, version] = told('docs/how-to/install.md#as-a-package-of-debian-or-ubuntu').lines(3);
    expect(build).toBe(told('README.md#installation').lines(2)[0]);
    await place.tell(install);
    expect(await host.run(`stat --format='%G %a' /etc/${NAME}`)).toBe(`${NAME}-token 2750\n`);
    installed = (await host.run(`dpkg --listfiles ${NAME}`)).trim().split('\n');
    expect(installed).toEqual(expect.arrayContaining([...PARTS]));
    expect(installed.filter(path => OF_ITS_NODE.includes(path))).toEqual(nodeIsShared ? [] : OF_ITS_NODE);
    const released = JSON.parse(await readFile(join(workTree(), `packages/${NAME}/package.json`), 'utf8'));
    const otherNode = nodeIsShared ? '/usr/bin/node\n' : '';
    expect(await place.tell(`PATH=/usr/bin; command -v node || true; ${version}`)).toBe(
      `${otherNode}${released.version}\n`,
    );
    expect(await host.run(`head -n 1 /usr/lib/${NAME}/bundle/main.js`)).toContain(
      `#!${nodeIsShared ? '/usr/bin/node' : `/usr/lib/${NAME}/node`} `,
    );
    expect(await host.run(`systemctl is-enabled ${NAME} || systemctl is-active ${NAME} || true`)).toBe(
      'disabled\ninactive\n',
    );
    expect(await host.run(`systemd-analyze verify --man=no ${NAME}.service ${NAME}-shutdown.service 2>&1`)).toBe('');
    const page = await readFile(join(workTree(), 'docs/how-to/install.md'), 'utf8');
    const [judge] = told('docs/how-to/install.md#what-the-service-may-do').lines(1);
    const [, exposure] = /^It gives (\d\.\d), of 10/m.exec(page) ?? [];
    expect(await host.run(`${judge} --no-pager`)).toContain(`exposure level for ${NAME}.service: ${exposure} `);
  });

  test('is a service that is up when it has asked Incus and Azure, and answers those who may ask, and nobody else', async () => {
    const { text, stateDirectory } = await place.config();
    await host.push('/root/typed/config.yaml', text);
    await host.push('/root/typed/pat', `${place.scenario.emulator.token}\n`);
    await place.tell(told('docs/how-to/install.md#3-the-configuration').script());
    // The base is that of an installation, which this one goes on with.
    const { ownerId } = await openInstallation(stateDirectory);
    const lost = { '0123456789abcdef0123456789abcdef': ownerId };
    const [list, adopt] = told('docs/how-to/operate.md#move-or-lose-the-state-directory').lines(2, lost);
    expect(await place.tell(list)).toContain(ownerId);
    await place.tell(adopt);
    const [enable, status, follow] = told('docs/how-to/install.md#5-the-service').lines(3);
    await place.tell(enable);
    expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
    expect(await place.tell(status)).toContain('default (agent pool "default"): ');
    await place.shows(follow, '"level":"');
    const asked = `runuser --user nobody -- ${status} --json`;
    expect(await host.run(`${asked} 2>&1 || echo "code $?"`)).toMatch(
      /^[^\n]* EACCES [^\n]*; call this as root, or as a member of the group of its socket[^\n]*\ncode 2\n$/,
    );
    expect(await host.run(`stat --format='%G %a' /run/${NAME} /run/${NAME}/control.sock`)).toBe(
      `${NAME}-control 750\n${NAME}-control 660\n`,
    );
    await place.tell(told('docs/how-to/install.md#5-the-service', 1).script({ SOMEBODY: 'nobody' }));
    expect(JSON.parse(await host.run(asked))).toMatchObject({ pools: [{ name: 'default' }] });
    expect(
      await host.run('setpriv --reuid nobody --regid nogroup --clear-groups cat /etc/*/pat 2>&1 || true'),
    ).toContain('Permission denied');
  });

  test('has an agent run a job, with all that its unit forbids it', async () => {
    const { emulator } = place.scenario;
    await agentsOnline(emulator, 1);
    const job = emulator.queueJob({ name: 'job', steps: [{ script: 'echo done' }] });
    expect(await job.finished).toMatchObject({ result: 'succeeded' });
  });

  theCommandsOfOperators(() => place);
  theFaultsOfAService(() => place);
  theCertificateOfSetup(() => place);

  test('tells the journal how grave each line is', async () => {
    const [, grave, all] = told('docs/how-to/watch.md#read-the-journal').lines(3);
    const warnings = await host.run(`${grave} --output=cat`);
    expect(warnings).toContain('"msg":"cannot be read"');
    expect(warnings).not.toContain('"level":"info"');
    expect(await host.run(all)).toContain('{"level":"info"');
  });

  test('has a shutdown wait for the job that runs, while daemon and Incus do, and agents made after the boot', async () => {
    const { scenario } = place;
    const others = ['incus', 'incus-startup'];
    for (const name of others) await host.push(`/etc/systemd/system/${name}.service`, SERVICE);
    await host.run(`systemctl daemon-reload; systemctl start ${others.join(' ')}`);
    await host.run(told('docs/how-to/operate.md#empty-a-pool-or-the-host', 1).script());
    const job = scenario.emulator.queueJob({ name: 'long', steps: [{ script: UNTIL_TOLD }] });
    const { agentName } = await lineShown(scenario.emulator, job, 'begun');
    await using lifecycle = await recordLifecycle(place.incus);
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
    const before = await place.mainPid();
    const heard = `systemctl show --property=WatchdogTimestampMonotonic ${NAME}`;
    const word = `last=$(${heard}); until [ "$(${heard})" != "$last" ]; do sleep 0.1; done`;
    // The first may be that of the start.
    await host.run(`${word}; ${word}`);
    expect(await place.mainPid()).toBe(before);
    await host.run(`kill -STOP "$(systemctl show --value --property=MainPID ${NAME})"`);
    await host.journalShows(NAME, 'Watchdog timeout', 'Started');
    expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
    expect(await place.mainPid()).not.toBe(before);
  });

  test('is stopped when its agents are gone, and its bases are deleted, as the document tells', async () => {
    const own = { '--project azure-pipelines': `--project ${place.scenario.project}` };
    const [drain, status, disable, list] = told('docs/how-to/operate.md#remove-it').lines(4, own);
    const [wait, stop] = told('docs/how-to/set-up.md#take-it-back').lines(3);
    await place.tell(drain);
    await place.tells(status, ', draining');
    await place.tell(`${wait}; ${stop}; ${disable}`);
    expect(await host.run(`systemctl is-enabled ${NAME} || true`)).toBe('disabled\n');
    const left = await place.scenario.instanceNames();
    expect(left).toEqual([expect.stringMatching(/^iap-base-/)]);
    for (const NAME of left) {
      expect(await place.tellIncus(list)).toContain(NAME);
      await place.tellIncus(
        told('docs/how-to/operate.md#old-bases', 1).script({ 'azure-pipelines': place.scenario.project, NAME }),
      );
    }
    expect(await place.scenario.instanceNames()).toEqual([]);
  });

  test('is purged with all that is its own, and leaves what a person wrote', async () => {
    const [purge] = told('docs/how-to/install.md#remove-it').lines(1);
    await host.run(`echo y | ${purge}`);
    const left = installed.filter(path => path.includes(NAME)).map(path => `! test -e ${path} || echo ${path}`);
    expect((await host.run(left.join('\n'))).trim()).toBe(`/etc/${NAME}`);
    const places = `/run/${NAME} /var/lib/${NAME} /var/lib/private/${NAME} /etc/systemd/system/*.wants/${NAME}*`;
    expect(await host.run(`ls -d ${places} 2>/dev/null; getent group | grep ${NAME}; true`)).toBe('');
    expect(await host.run(`stat --format='%n %G %a' /etc/${NAME}/*`)).toBe(
      `/etc/${NAME}/config.yaml root 644\n/etc/${NAME}/pat root 640\n`,
    );
    expect(await host.run(`systemctl show --property=LoadState --value ${NAME}`)).toBe('not-found\n');
  });

  if (!nodeIsShared) theDistributionsNode(() => place);

  test('is done without by the commands for npm, beside a program in /usr/local', async () => {
    await host.run(`mkdir /root/deploy; dpkg-deb --extract /root/build/packages/*.deb /opt/package
sed --in-place 1s,/usr/lib,/opt/package/usr/lib, /opt/package/usr/lib/${NAME}/bundle/main.js
ln -s /opt/package/usr/lib/${NAME}/bundle/main.js /usr/local/bin/${NAME}`);
    const deploy = join(workTree(), 'deploy');
    for (const entry of await readdir(deploy, { withFileTypes: true }))
      if (entry.isFile()) await host.push(`/root/deploy/${entry.name}`, await readFile(join(deploy, entry.name)));
    await place.tell(told('docs/how-to/install.md#as-an-npm-package', 1).script());
    expect(await host.run(`systemd-analyze verify --man=no ${NAME}.service ${NAME}-shutdown.service 2>&1`)).toBe('');
    const share = `/usr/local/share/${NAME}`;
    expect((await host.run(`cat ${share}/config.example.yaml`)).split('\n')[0]).toBe(
      `# yaml-language-server: $schema=${share}/config.schema.json`,
    );
    expect(JSON.parse(await host.run(`cat ${share}/config.schema.json`))).toMatchObject({ type: 'object' });
    // No base is built of an image that is not there, even for a pool without agents.
    await place.writeConfig({ agentCount: 0, baseImage: 'local:none' });
    await place.writeToken(place.scenario.emulator.token);
    await host.run(`chgrp ${NAME}-token /etc/${NAME}/*; systemctl start ${NAME}`);
    expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
  });
});
