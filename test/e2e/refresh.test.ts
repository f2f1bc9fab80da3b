import { appendFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MARKS } from '../../packages/incus-azure-pipelines/src/model/marks.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { buildImage, type ImageFiles } from '../../testbed/image.js';
import { runCommand } from '../../testbed/run-command.js';
import { startScenario } from '../../testbed/scenario.js';
import { imageCacheDirectory } from '../../testbed/work-tree.js';
import { whenPool } from './daemon-status.js';
import { agentsOnline, startDaemon } from './waiting.js';

const AGENTS = 3;
const DAY_MS = 86_400_000;
const UNTIL_TOLD = 'until [ -e /tmp/go ]; do sleep 0.1; done; echo ended';

describeOnIncus('a newer image behind the name in the file', testbed => {
  test('is taken up by itself once its day is over: by one agent first, then by all, beside a job that goes on', {
    timeout: 300_000,
  }, async () => {
    const imageFiles = await buildImage({ cacheDirectory: imageCacheDirectory() });
    const scenario = await startScenario({ ...testbed(), imageFiles, settings: { agentCount: AGENTS } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    const { emulator, incus } = scenario;
    const first = startDaemon(scenario);
    await agentsOnline(emulator, AGENTS);
    const job = emulator.queueJob({ name: 'long', steps: [{ script: UNTIL_TOLD }] });
    const { agents } = await whenPool(scenario, first, pool => pool.agents.some(({ phase }) => phase === 'busy'));
    const [worker] = agents.filter(({ phase }) => phase === 'busy');
    const old = worker?.base ?? '';
    expect(await first.end()).toBe(0);

    const { fingerprint } = await incus.images.importSplit(...(await renewed(imageFiles, scenario.directory)));
    await incus.images.retargetAlias(testbed().image, fingerprint);
    // As it stands two days after the base was last seen to be the newest.
    await incus.instances.patch(old, { config: { [MARKS.baseCheckedAt]: String(Date.now() - 2 * DAY_MS) } });
    const daemon = startDaemon(scenario);
    const isIdle = ({ phase }: { readonly phase: string }) => phase === 'idle';
    const moved = await whenPool(
      scenario,
      daemon,
      pool =>
        pool.agents.length === AGENTS &&
        pool.agents.every(agent => (agent.name === worker?.name ? agent.phase === 'busy' : isIdle(agent))) &&
        pool.agents.filter(({ base }) => base !== old).length === AGENTS - 1,
    );

    const [base] = moved.agents.filter(isIdle).map(agent => agent.base);
    const { instance } = await incus.instances.get(base ?? '');
    expect(instance.config[MARKS.baseImage]).toContain(fingerprint);
    const made = daemon.log.filter(({ msg, name }) => msg === 'action done' && moved.agents.some(a => a.name === name));
    const proven = daemon.log.findIndex(
      line => line.msg === 'action done' && line.kind === 'prove-base' && line.base === base,
    );
    const creations = made.filter(({ kind, name }) => kind === 'create-instance' && name !== worker?.name);
    const places = creations.map(line => daemon.log.indexOf(line)).toSorted((a, b) => a - b);
    expect(places.map(place => place < proven)).toEqual([true, false]);
    await incus.files.push(worker?.name ?? '', '/tmp/go', '');
    expect(await job.finished).toMatchObject({ result: 'succeeded', agentName: worker?.name });
    await whenPool(scenario, daemon, pool => pool.agents.length === AGENTS && pool.agents.every(a => a.base === base));
    expect(await daemon.end()).toBe(0);
  });
});

/** The image of the testbed under another fingerprint: what is said of it differs, what is in it does not. */
async function renewed(
  { metadata, rootfs }: ImageFiles,
  directory: string,
): Promise<[metadata: string, rootfs: string]> {
  await runCommand('tar', ['--extract', '--file', metadata, '--directory', directory, 'metadata.yaml']);
  await appendFile(join(directory, 'metadata.yaml'), '\n# A day later.\n');
  const path = join(directory, basename(metadata));
  await runCommand('tar', ['--create', '--xz', '--file', path, '--directory', directory, 'metadata.yaml']);
  return [path, rootfs];
}
