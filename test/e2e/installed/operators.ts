import { expect, test } from 'vitest';
import { told } from '../../../testbed/told-commands.js';
import { NAME, type PackageHost } from './package-host.js';

/** Whoever operates a service calls what the documents tell. */
export function theCommandsOfOperators(on: () => PackageHost): void {
  const ok = (command: string) => on().tell(`set -e\n${command}`);

  test('shows what there is by the commands of the documents', async () => {
    const [watch, explain, logs, journal] = told('docs/how-to/operate.md#look').lines(4, { myAgentPool: 'default' });
    await on().shows(`script --quiet --command '${watch}' /dev/null`, 'Incus is read without a break');
    expect(await ok(explain)).toMatch(/^Pool default wants 1/);
    await ok(`until ${logs} | grep 'its job is done'; do sleep 0.2; done`);
    expect(await ok(journal)).toContain('"msg":"running"');
    const [follow] = told('docs/how-to/watch.md#read-the-journal').lines(3);
    await on().shows(follow, '"level":"');
    const [metrics, health] = told('docs/how-to/watch.md#watch-it').lines(2);
    expect(await ok(metrics)).toContain('iap_agents{');
    await ok(`${health} --fail`);
  });

  test('drains and resumes, restarts, and lists and builds bases by the commands of the documents', async () => {
    const [drain, status, resume] = told('docs/how-to/operate.md#empty-a-pool-or-the-host').lines(3);
    await ok(drain);
    await on().tells(status, ', draining');
    await ok(resume);
    await on().tells(status, '1 of 1 agents, 0 prepared, 0 preparing');
    const [list, build] = told('docs/how-to/operate.md#old-bases').lines(2);
    expect(await ok(list)).toContain('serves default');
    expect(await ok(build)).toMatch(/^iap-base-\S+\n$/);
    await ok(told('docs/how-to/operate.md#change-the-configuration').script());
    const [, ...mended] = told('docs/how-to/operate.md#from-a-release-before-the-package', 1).lines(6);
    await ok(mended.join('\n'));
    expect(await ok(`systemctl is-active ${NAME}`)).toBe('active\n');
  });

  test('takes a token that is encrypted, and a limit of the host, by the commands of the documents', async () => {
    const credential = { 'TOKEN-FILE': `/etc/${NAME}/pat` };
    await ok(told('docs/how-to/install.md#encrypted-or-for-root-alone').script(credential));
    expect(await ok(`systemd-creds decrypt --name=pat /etc/credstore.encrypted/${NAME}.pat -`)).toBe(
      await ok(`cat /etc/${NAME}/pat`),
    );
    const [write, apply] = told('docs/how-to/install.md#without-setup', 2).lines(2);
    // It is a setting of the kernel, which lets no container change it.
    expect(await ok(`${write}; ${apply} 2>&1 || true`)).toContain('on key "fs.inotify.max_user_instances"');
  });
}
