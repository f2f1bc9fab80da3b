import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { runCommand } from '../../testbed/run-command.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { workTree } from '../../testbed/work-tree.js';
import { SystemContainer } from './system-container.js';

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
      scenario = await startScenario({ ...testbed(), confined: false });
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

    test('is installed by dpkg, runs by its own Node, and starts nothing', async () => {
      await host.run('dpkg --install /root/package.deb');
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
      const { emulator, project } = scenario;
      const config = {
        projectName: project,
        agentCount: 0,
        // No base is built of an image that is not there, even for a pool without agents.
        baseImage: 'local:none',
        azurePollInterval: '1s',
        incus: { socket: SOCKET },
        azure: { url: emulator.url, pool: 'default', pat: { file: `/etc/${NAME}/pat` } },
      };
      await host.push(`/etc/${NAME}/config.yaml`, JSON.stringify(config));
      await writeToken(emulator.token);
      await host.run(`${NAME} check`);
      await host.run(`systemctl enable --now ${NAME}`);
      expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
      const asked = `setpriv --reuid nobody --regid ${NAME}-control --clear-groups ${NAME} status --json`;
      expect(JSON.parse(await host.run(asked))).toMatchObject({ pools: [{ name: 'default' }] });
      expect(
        await host.run('setpriv --reuid nobody --regid nogroup --clear-groups cat /etc/*/pat 2>&1 || true'),
      ).toContain('Permission denied');
    });

    test('uses a changed token without being started again', async () => {
      const pid = await host.run(`systemctl show --property=MainPID ${NAME}`);
      await writeToken('another');
      await host.journalShows(NAME, 'cannot be read');
      expect(await host.run(`systemctl show --property=MainPID ${NAME}`)).toBe(pid);
    });

    test('tells the journal how grave each line is', async () => {
      const warnings = await host.run(`journalctl --unit=${NAME} --priority=warning --output=cat`);
      expect(warnings).toContain('"msg":"cannot be read"');
      expect(warnings).not.toContain('"level":"info"');
      expect(await host.run(`journalctl --unit=${NAME} --output=cat`)).toContain('{"level":"info"');
    });

    test('is started again by systemd when it hangs', async () => {
      await writeToken(scenario.emulator.token);
      await host.run(`mkdir -p /run/systemd/system/${NAME}.service.d`);
      await host.push(`/run/systemd/system/${NAME}.service.d/soon.conf`, '[Service]\nWatchdogSec=5s\n');
      await host.run(`systemctl daemon-reload && systemctl restart ${NAME}`);
      await host.run(`kill -STOP "$(systemctl show --value --property=MainPID ${NAME})"`);
      await host.journalShows(NAME, 'Watchdog timeout', 'Started');
      expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
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
  },
  obstacle,
);
