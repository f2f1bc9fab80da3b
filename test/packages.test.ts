import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { told } from '../testbed/told-commands.js';

const ROOT = join(import.meta.dirname, '..');
const NAME = 'incus-azure-pipelines';
const ALONE = {
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_ignore_scripts: 'true',
  npm_config_offline: 'true',
  npm_config_update_notifier: 'false',
};
/** npm hands its own settings on to what it runs; the one that is called here is to begin anew. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

describe('the packed program', () => {
  let folder: string;
  let files: readonly string[];

  const run = (command: string, args: readonly string[]) =>
    promisify(execFile)(command, [...args], { cwd: ROOT, env, timeout: 60_000 });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'iap-packages-'));
    const block = told('docs/how-to/install.md#as-an-npm-package');
    const [makeFolder, pack, install] = block.lines(4, { 'build/packages': join(folder, 'packages') });
    await tell(makeFolder);
    const [packed] = JSON.parse((await tell(`${pack} --json`)).stdout);
    files = packed.files.map(({ path }: { readonly path: string }) => path);
    await tell(install);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  const program = (...args: readonly string[]) => run(join(folder, 'bin', NAME), args);

  /** Runs a command as a document tells it, in a place of its own and without the network. */
  const tell = (command: string) =>
    promisify(execFile)('bash', ['-c', command.replace('/usr/local', folder)], {
      cwd: ROOT,
      env: { ...env, ...ALONE, npm_config_cache: join(folder, 'cache'), PATH: `${join(folder, 'bin')}:${env.PATH}` },
      timeout: 60_000,
    });

  test('is installed without a network and without any other package, and tells its version', async () => {
    const [, , , tellVersion] = told('docs/how-to/install.md#as-an-npm-package').lines(4);
    const { stdout } = await tell(tellVersion);
    const packages = [NAME, 'incus-client', 'azure-pipelines-client', 'azure-pipelines-emulator'];
    const versions = packages.map(async name =>
      JSON.parse(await readFile(join(ROOT, 'packages', name, 'package.json'), 'utf8')),
    );
    for (const { name, version } of await Promise.all(versions))
      expect(`${name} ${version}\n`).toBe(`${name} ${stdout}`);
    const listed = await run('npm', ['ls', '--global', '--prefix', folder, '--all', '--parseable']);
    expect(listed.stdout.trim().split('\n')).toEqual([join(folder, 'lib'), join(folder, 'lib/node_modules', NAME)]);
  });

  test('checks a file that is right and one that is wrong', async () => {
    const config = join(folder, 'config.yaml');
    await cp(join(ROOT, 'deploy/config.example.yaml'), config);
    await writeFile(join(folder, 'pat'), 'token\n', { mode: 0o600 });
    const text = (await readFile(config, 'utf8'))
      .replace('<my-organization>', 'contoso')
      .replace(/file: \/\S+/, `file: ${join(folder, 'pat')}`);
    await writeFile(config, text);
    expect(await program('check', '--config', config)).toMatchObject({ stderr: '' });
    await writeFile(config, text.replace('agentCount: 2', 'agentCount: two'));
    await expect(program('check', '--config', config)).rejects.toMatchObject({ code: 2 });
  });

  test('is a library as well', async () => {
    const main = JSON.stringify(join(folder, 'lib/node_modules', NAME, 'bundle/index.js'));
    const names = await run(process.execPath, [
      '-e',
      `import(${main}).then(its => console.log(Object.keys(its).join()))`,
    ]);
    expect(names.stdout.trim().split(',')).toEqual(expect.arrayContaining(['ConfigError', 'loadConfig', 'makeDaemon']));
  });

  test('holds its code once, the licenses of what is in it, and the contract of its guests', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'bundle/THIRD-PARTY-LICENSES.txt',
        'bundle/main.js',
        'bundle/page/index.html',
        'bundle/page/page.css',
        'bundle/page/page.js',
        'dist/index.d.ts',
        'src/execute/guest/CONTRACT.md',
      ]),
    );
    expect(files.filter(path => path.endsWith('.js') && !path.startsWith('bundle/'))).toEqual([]);
  });

  test('names each library in it by its version and license', async () => {
    const text = await readFile(join(ROOT, `packages/${NAME}/bundle/THIRD-PARTY-LICENSES.txt`), 'utf8');
    const titles = text.split(`${'-'.repeat(80)}\n\n`).map(part => part.slice(0, part.indexOf('\n')));
    expect(titles.length).toBeGreaterThan(10);
    for (const title of titles) expect(title).toMatch(/^\S+ \d+\.\d+\.\d+\S* \([\w.-]+\)$/);
  });

  test('is taken away again as the documents tell', async () => {
    const [alone] = told('docs/how-to/install.md#as-a-package-of-debian-or-ubuntu', 1).lines(1);
    await tell(alone);
    await expect(program('--version')).rejects.toMatchObject({ code: 'ENOENT' });
    const [, , install] = told('docs/how-to/install.md#as-an-npm-package').lines(4, {
      'build/packages': join(folder, 'packages'),
    });
    await tell(install);
    const [uninstall] = told('docs/how-to/operate.md#from-a-release-before-the-package', 1).lines(6);
    await tell(uninstall);
    await expect(program('--version')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('every package is packed as for a release', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'iap-release-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = told('CONTRIBUTING.md#releases').script({ 'build/packages': join(folder, 'packages') });
  await promisify(execFile)('bash', ['-c', script], { cwd: ROOT, env: { ...env, ...ALONE }, timeout: 60_000 });
  const packed = (await readdir(join(folder, 'packages'))).map(name => name.replace(/-\d+\.\d+\.\d+\.tgz$/, ''));
  expect(packed.sort()).toEqual((await readdir(join(ROOT, 'packages'))).sort());
});
