import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { type PackageSource, servePackages } from './package-source.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** Makes an instance without some of the packages of the image, whose one source of packages is this one. */
async function makeLean(image: string, { incus }: Scenario, packages: readonly string[], source: PackageSource) {
  const script = [
    'set -e',
    `dpkg --purge --force-depends ${packages.join(' ')} >/dev/null`,
    'rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*',
  ].join('\n');
  await incus.instances.create({ name: 'lean', source: { type: 'image', alias: image }, ephemeral: false });
  await incus.instances.start('lean');
  expect((await incus.exec('lean', { command: ['bash', '-c', script] })).exitCode).toBe(0);
  await incus.files.push('lean', '/etc/apt/sources.list', `${source.line}\n`);
  await incus.instances.stop('lean', { timeoutS: 60 });
}

describeOnIncus('an image that lacks programs', testbed => {
  test('gets them from the package source of its distribution, by the name that they have there, as does a script', {
    timeout: 300_000,
  }, async () => {
    const settings = { agentCount: 1, baseImage: 'instance:lean', docker: true };
    const scenario = await startScenario({ ...testbed(), settings });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const needed = { git: 'git', 'iputils-ping': 'ping', 'docker-compose': 'docker-compose' };
    const packages = { ...needed, 'build-essential': 'gcc', python3: 'python3' };
    const source = await servePackages(testbed().gateway, scenario.directory, packages);
    onTestFinished(() => source[Symbol.asyncDispose]());
    const purged = ['git', 'docker-compose', 'docker-compose-v2', 'iputils-ping'];
    await makeLean(testbed().image, scenario, purged, source);
    const [script] = told('docs/how-to/shape-a-base.md#a-script').lines(1);
    await writeFile(join(scenario.directory, 'tools.sh'), script);
    await scenario.configure({ provisionScripts: [join(scenario.directory, 'tools.sh')] });

    await using daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    expect(new Set(source.fetched)).toEqual(
      new Set(['/Packages', ...Object.keys(packages).map(name => `/${name}.deb`)]),
    );
    const names = Object.keys(packages).sort();
    const show = `dpkg-query --show ${names.join(' ')} | sed "s/^/found /"`;
    const job = await scenario.emulator.queueJob({ steps: [{ script: show }] }).finished;
    expect(job.lines.filter(line => line.startsWith('found ')).sort()).toEqual(names.map(name => `found ${name}\t9:1`));
    expect(await daemon.end()).toBe(0);
  });

  test('gets buildx though it lacks nothing that is needed, and does without a compose that no source has', {
    timeout: 300_000,
  }, async () => {
    const settings = { agentCount: 1, baseImage: 'instance:lean', docker: true };
    const scenario = await startScenario({ ...testbed(), settings });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const source = await servePackages(testbed().gateway, scenario.directory, { 'docker-buildx': 'docker-buildx' });
    onTestFinished(() => source[Symbol.asyncDispose]());
    const purged = ['docker-buildx', 'docker-buildx-plugin', 'docker-compose', 'docker-compose-v2'];
    await makeLean(testbed().image, scenario, purged, source);

    await using daemon = startDaemon(scenario);
    await daemon.seen(
      ({ text }) =>
        text === 'The base is made without docker-compose-v2 and docker-compose, since no source of packages has it.',
    );
    await daemon.seen(({ text }) => /^The base "\S+" is ready\.$/.test(String(text)));
    expect(new Set(source.fetched)).toEqual(new Set(['/Packages', '/docker-buildx.deb']));
    expect(await daemon.end()).toBe(0);
  });
});
