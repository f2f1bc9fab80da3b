import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isFrom, oldestNode } from '../../../scripts/oldest-node.js';
import { runCommand } from '../../../testbed/run-command.js';
import { cacheDirectory } from '../../../testbed/work-tree.js';
import { NAME, type PackageHost } from './package-host.js';

const INSTALL = 'dpkg --install build/packages/*_all.deb';

/** The Node of this host, made to say that it is the distribution's own. */
const SHARED = `#!/bin/sh
if [ "$1" = -p ]; then echo '${JSON.stringify({ version: process.version, shared: true })}'; else exec '${process.execPath}' "$@"; fi
`;

/** Whether this host's Node is the distribution's own, in several packages: the package that is built here brings none then. */
export const nodeIsShared = Reflect.get(process.config.variables, 'node_shared') === true;

/** The package as it is built here, which brings no Node, on a host that has none; after it the host has the distribution's. */
export function asksForTheDistributionsNode(on: () => PackageHost): void {
  test('asks for a Node of the distribution, which is put beside it', async () => {
    await isRefusedWithoutNode(on());
    expect(isFrom(await oldestNode(), await installNode(on()))).toBe(true);
  });
}

/** The package that brings no Node, on a host that has none, and then the distribution's where that is not too old. */
export function theDistributionsNode(on: () => PackageHost): void {
  test('without a Node of its own asks for one of the distribution, and is a service that runs by it', async () => {
    const { folder, host } = on();
    const node = join(folder, 'node');
    await writeFile(node, SHARED, { mode: 0o755 });
    const file = await on().build(node);
    expect(file).toMatch(/_all\.deb$/);
    await on().give(file);
    await isRefusedWithoutNode(on());
    if (isFrom(await oldestNode(), await installNode(on()))) {
      await on().tell(INSTALL);
      expect(await host.run(`head -n 1 /usr/lib/${NAME}/bundle/main.js; ${NAME} --version`)).toMatch(
        /^#!\/usr\/bin\/node .*\n\d+\.\d+\.\d+\n$/,
      );
      await on().writeConfig({ agentCount: 0, baseImage: 'local:none' });
      await on().writeToken(on().scenario.emulator.token);
      await host.run(`chgrp ${NAME}-token /etc/${NAME}/*; systemctl start ${NAME}`);
      expect(await host.run(`systemctl is-active ${NAME}`)).toBe('active\n');
    } else await expect(on().tell(INSTALL)).rejects.toThrow('depends on nodejs');
    await on().tell(`dpkg --purge ${NAME}; rm build/packages/*_all.deb`);
  });
}

async function isRefusedWithoutNode(on: PackageHost): Promise<void> {
  await expect(on.tell(INSTALL)).rejects.toThrow(`depends on nodejs (>= ${await oldestNode()})`);
  await on.tell(`dpkg --purge ${NAME}`);
}

/** Installs the distribution's Node, and gives back its version. */
async function installNode({ folder, host }: PackageHost): Promise<string> {
  const { archives, version } = await nodePackages(await host.pull('/var/lib/dpkg/status'), folder);
  await host.run('mkdir /root/node');
  for (const archive of archives) await host.push(`/root/node/${archive.split('/').at(-1)}`, await readFile(archive));
  await host.run('dpkg --install /root/node/*.deb');
  return version;
}

/** The distribution's Node with what a host lacks for it, by the list of what that has; they are kept between runs. */
async function nodePackages(
  status: string,
  folder: string,
): Promise<{ readonly archives: readonly string[]; readonly version: string }> {
  const kept = join(cacheDirectory(), 'packages');
  await mkdir(join(kept, 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), status);
  const places = [`Dir::State::status=${join(folder, 'status')}`, `Dir::Cache::archives=${kept}`];
  const options = [...places, 'Debug::NoLocking=1', 'APT::Keep-Downloaded-Packages=1'].flatMap(place => ['-o', place]);
  const apt = (...args: readonly string[]) =>
    runCommand('apt-get', [...options, '--quiet', '--yes', '--no-install-recommends', ...args, 'install', 'nodejs'], {
      deadlineMs: 240_000,
    });
  const simulated = await apt('--dry-run');
  await apt('--download-only');
  const wanted = [...simulated.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+)/gm)].map(([, name = '', version = '']) => ({
    name,
    version,
  }));
  const files = await readdir(kept);
  const archives = wanted.map(({ name, version }) => {
    const file = files.find(one => one.startsWith(`${name}_${version.replaceAll(':', '%3a')}_`));
    if (file === undefined) throw new Error(`${name} ${version} was not fetched`);
    return join(kept, file);
  });
  return { archives, version: wanted.find(({ name }) => name === 'nodejs')?.version ?? '' };
}
