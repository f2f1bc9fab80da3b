import { afterAll, beforeAll, expect, test } from 'vitest';
import { carryOut, HOSTILE } from '../../packages/incus-azure-pipelines/src/doctor/attacks/attack.js';
import { DISK_FACT, diskScript } from '../../packages/incus-azure-pipelines/src/doctor/attacks/taking.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { buildImage } from '../../testbed/image.js';
import { type PrivateIncus, startPrivateIncus } from '../../testbed/private-incus.js';
import { imageCacheDirectory } from '../../testbed/work-tree.js';
import { diskHog, takeDisk } from './attacks/hostile-jobs.js';
import { type Scene, startScene } from './attacks/scene.js';
import { polled } from './polled.js';

/** Takes room without writing; what was taken is asked for in a file of its own. */
const take = (size: string, path: string) => `fallocate --length ${size} ${path} && echo taken; ls ${path}`;

/** Leaves little of the disk, and then makes files that are small enough to lie beside their own descriptions. */
const smallFiles = `mkdir /root/fill && cd /root/fill
${takeDisk}perl -e 'for my $n (0 .. 99999) {
  my $file; open($file, ">", "/root/fill/$n") && print($file "x" x 2000) && close($file) or print("$n files: $!\\n"), exit;
} print "all of them\\n"'
rm -r /root/fill`;

// A quota stays on in a btrfs storage pool for good, and makes it slow: this one is thrown away.
describeOnIncus('on the disk,', () => {
  let incus: PrivateIncus;
  let scene: Scene;
  beforeAll(async () => {
    incus = await startPrivateIncus({ storageSizeGiB: 5 });
    await incus.importImage(await buildImage({ cacheDirectory: imageCacheDirectory() }), 'debian');
    const { directory, socketPath, bridge, gateway, storagePool } = incus;
    scene = await startScene(
      { directory, socketPath, bridge, gateway, storagePool, image: 'debian' },
      { diskSizeInGb: 1 },
    );
  });
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
    await incus?.[Symbol.asyncDispose]();
  });

  const attack = async (...scripts: readonly string[]) =>
    await carryOut(scene.scenario.incus, scene.attacker.name, scripts);
  const used = async () => (await scene.scenario.incus.server.storagePools.resources('default')).space.used;

  test(DISK_FACT, async () => {
    const [small, large] = await attack(diskScript('100M', '/root/small'), diskScript('1500M', '/root/large'));
    expect(small).toContain('taken');
    expect(large).toMatch(/quota exceeded|no space left/i);
  });

  test('a guest cannot take more than its disk by many small files', async () => {
    const [said] = await attack(smallFiles);
    expect(said).toMatch(/^\d+ files: (?:disk quota exceeded|no space left)/i);
  });

  test('open: a guest takes more than its disk by a subvolume of its own', async () => {
    const [made, taken] = await attack(`perl ${HOSTILE} subvolume /root/more`, take('1500M', '/root/more/large'));
    expect(made).toBe('subvolume: done');
    expect(taken).toContain('taken');
  });

  test('open: a guest fills the storage pool that way, until its end', async () => {
    const { daemon, scenario, attacker, victim } = scene;
    const before = await used();
    await attack(`for n in {1..40}; do fallocate --length 100M /root/more/$n || break; done`);
    const [neighbour] = await carryOut(scenario.incus, victim.name, [take('150M', '/root/own')]);
    expect(neighbour).toMatch(/no space left/i);
    await scenario.incus.files.push(attacker.name, '/tmp/go', '');
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === attacker.name);
    await polled(used, bytes => bytes < before);
    const [again] = await carryOut(scenario.incus, victim.name, [take('150M', '/root/own')]);
    expect(again).toContain('taken');
  });

  test('a job that fills its disk ends in its guest alone, and that is told as the reason', async () => {
    const { daemon, scenario } = scene;
    const job = await scenario.emulator.queueJob({ steps: [{ script: diskHog }] }).finished;
    expect(job.result).toBe('failed');
    await daemon.seen(line => line.msg === 'agent gone' && line.agent === job.agentName);
    expect((await scenario.call('logs', job.agentName ?? '')).stdout).toContain('out of room on its disk');
  });

  test("the neighbour's job goes on through all this", async () => {
    expect(await scene.goOn()).toMatchObject({ result: 'succeeded', agentName: scene.victim.name });
  });
});
