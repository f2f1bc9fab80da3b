import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oldestNode } from '../scripts/oldest-node.js';

const NAME = 'incus-azure-pipelines';
const SCRIPT = join(import.meta.dirname, '../build/scripts/deb.js');
const ENV: NodeJS.ProcessEnv = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };

describe('the package that brings no Node', { timeout: 60_000 }, () => {
  let folder: string;
  /** The Node of this host, made to say that it is the distribution's own, in several packages. */
  let shared: string;
  let file: string;

  const run = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
    (await promisify(execFile)(command, [...args], { env, timeout: 60_000 })).stdout;
  const build = async (output: string, { env = ENV, node = shared } = {}) =>
    (await run(process.execPath, [SCRIPT, '--node', node, '--output', join(folder, output)], env)).trim();
  const unpacked = (path: string) => readFile(join(folder, 'unpacked', path), 'utf8');

  const nodeThatSays = async (facts: { readonly version: string; readonly shared: boolean }) => {
    const file = join(folder, `node-${facts.version}-${facts.shared}`);
    const told = `if [ "$1" = -p ]; then echo '${JSON.stringify(facts)}'; else exec '${process.execPath}' "$@"; fi`;
    await writeFile(file, `#!/bin/sh\n${told}\n`, { mode: 0o755 });
    return file;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'iap-deb-'));
    shared = await nodeThatSays({ version: process.version, shared: true });
    file = await build('one');
    await run('dpkg-deb', ['--raw-extract', file, join(folder, 'unpacked')]);
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  test('is for all architectures, and asks for the oldest Node that the program runs on', async () => {
    expect(file).toMatch(/_all\.deb$/);
    const fields = (await unpacked('DEBIAN/control')).split('\n');
    expect(fields).toContain('Architecture: all');
    expect(fields).toContain(`Depends: nodejs (>= ${await oldestNode()}), systemd (>= 254)`);
    expect((await unpacked(`usr/lib/${NAME}/bundle/main.js`)).split('\n')[0]).toMatch(/^#!\/usr\/bin\/node /);
  });

  test('recommends the Incus without virtual machines, which apt takes where there is none yet', async () => {
    const [recommended = ''] = /(?<=^Recommends: ).*/m.exec(await unpacked('DEBIAN/control')) ?? [];
    expect(recommended.split(' | ')).toEqual(['incus-base (>= 6.0)', 'incus (>= 6.0)']);
  });

  test('neither holds a Node nor speaks of one', async () => {
    const listed = await run('dpkg-deb', ['--contents', file]);
    expect(listed).toContain(`./usr/lib/${NAME}/bundle/main.js\n`);
    expect(listed).not.toContain(`./usr/lib/${NAME}/node`);
    expect(listed).not.toContain('NODE-LICENSE');
    expect(await unpacked(`usr/share/doc/${NAME}/copyright`)).not.toContain('Node');
  });

  test('has units that run its own program, wherever else there is one', async () => {
    const commands = ['', '-shutdown'].map(async unit => {
      const text = await unpacked(`usr/lib/systemd/system/${NAME}${unit}.service`);
      return [...text.matchAll(/^Exec\w+=(\S+)/gm)].map(([, program]) => program);
    });
    // The second tells the daemon of a reload.
    expect(await Promise.all(commands)).toEqual([
      [`/usr/bin/${NAME}`, '/bin/sh'],
      ['/bin/true', `/usr/bin/${NAME}`],
    ]);
  });

  test('bounds the wait of a shutdown, and that within what systemd gives a shutdown', async () => {
    const unit = await unpacked(`usr/lib/systemd/system/${NAME}-shutdown.service`);
    const [wait, stop] = [/ drain .*--timeout (\d+)m$/m, /^TimeoutStopSec=(\d+)min$/m].map(in_ =>
      Number(in_.exec(unit)?.[1]),
    );
    expect(wait).toBeLessThan(stop ?? 0);
    expect(stop).toBeLessThan(30);
  });

  test('is the same byte for byte when it is built again by somebody with another umask', async () => {
    const umask = process.umask(0o077);
    const again = await build('two').finally(() => process.umask(umask));
    expect(await sumOf(again)).toBe(await sumOf(file));
  });

  test('is refused with a Node that is too old', async () => {
    const node = await nodeThatSays({ version: 'v20.18.3', shared: true });
    const sentence = `is v20.18.3; name one from ${await oldestNode()} on with --node FILE`;
    await expect(build('old', { node })).rejects.toThrow(sentence);
  });

  test('takes no tools for a Node that it does not bring, and names all that is missing', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await symlink('/bin/sh', join(bin, 'sh'));
    const env = { PATH: bin };
    await expect(build('bare', { env })).rejects.toThrow('it takes dpkg, git; install what is missing with apt-get');
    const node = await nodeThatSays({ version: process.version, shared: false });
    await expect(build('bare', { env, node })).rejects.toThrow('it takes dpkg, git, dpkg-dev, binutils; install');
  });
});

async function sumOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}
