import { randomBytes } from 'node:crypto';
import { connectIncus } from 'incus-client';
import { expect, test } from 'vitest';
import { confinedKeys } from '../../../testbed/confined-place.js';
import { emptyProject } from '../../../testbed/owned-project.js';
import { told } from '../../../testbed/told-commands.js';
import { copyBase, wantedBase } from '../finished-base.js';
import { agentsOnline } from '../waiting.js';
import { NAME, type PackageHost } from './package-host.js';

/** A service without rights over Incus, in the place that setup makes for it. */
export function theCertificateOfSetup(on: () => PackageHost): void {
  test('begins with the state directory that setup has made, and runs a job without a group of Incus', async () => {
    const { host, scenario, testbed } = on();
    const projectName = `iap-${randomBytes(3).toString('hex')}`;
    await using root = connectIncus({ connection: { kind: 'unix', socketPath: testbed.socketPath } });
    const keys = await confinedKeys(root, testbed.gateway);
    await host.reach((keys.incus as { readonly url: string }).url);
    const [drain, stop, remove] = told('docs/how-to/set-up.md#take-it-back').lines(3);
    // As on a host where there was no service before: what was is put aside.
    await on().tell(`set -e; ${drain}; ${stop}; mv /var/lib/private/${NAME} /root/before; rm /var/lib/${NAME}`);
    await on().writeConfig({ projectName, registration: 'host', ...keys });
    const [setUp] = told('docs/how-to/install.md#4-the-place-for-agents').lines(1);
    const asAdministrator = (command: string) => on().tell(`INCUS_SOCKET=${on().socket} ${command} --yes`);
    try {
      expect(await asAdministrator(setUp)).toContain(`Make project "${projectName}"`);
      await on().tellIncus(
        told('docs/how-to/set-up.md#what-it-makes').script({ NAME: testbed.image, 'azure-pipelines': projectName }),
      );
      const ownerId = (await host.run(`cat /var/lib/${NAME}/owner`)).trim();
      const wanted = wantedBase(await on().tell(`${NAME} plan --json`));
      await copyBase(scenario.incus, root.withProject(projectName), wanted, ownerId);
      await on().tell(told('docs/how-to/set-up.md#take-the-rights-over-incus-away').script());
      await on().tell(`systemctl restart ${NAME}`);
      await agentsOnline(scenario.emulator, 1);
      const job = scenario.emulator.queueJob({ name: 'job', steps: [{ script: 'echo done' }] });
      expect(await job.finished).toMatchObject({ result: 'succeeded' });
      const groups = `grep ^Groups: /proc/$(systemctl show --value --property=MainPID ${NAME})/status | cut --fields=2`;
      const names = await host.run(`for id in $(${groups}); do getent group $id | cut --delimiter=: --fields=1; done`);
      expect(names.trim().split('\n').toSorted()).toEqual([`${NAME}-control`, `${NAME}-token`]);
      await on().tell(`${drain}; ${stop}`);
    } finally {
      await emptyProject(root, projectName);
      await asAdministrator(remove);
    }
    await host.run(`rm -r /etc/systemd/system/${NAME}.service.d /var/lib/${NAME} /var/lib/private/${NAME}
mv /root/before /var/lib/private/${NAME}; ln -s private/${NAME} /var/lib/${NAME}; systemctl daemon-reload`);
    await on().writeConfig();
    await on().tell(`systemctl start ${NAME}; ${NAME} resume`);
    await agentsOnline(scenario.emulator, 1);
  });
}
