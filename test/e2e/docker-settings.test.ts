import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobRecord } from 'azure-pipelines-emulator';
import { expect, onTestFinished, test } from 'vitest';
import { archiveOf, ImageRegistry, noteImage } from '../../packages/incus-azure-pipelines/test/image-registry.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { startScenario } from '../../testbed/scenario.js';
import { agentsOnline, startDaemon } from './waiting.js';

/** An image without docker, as far as its programs tell, and a script that brings them. */
const HIDE = `set -e
mkdir /opt/of-the-team
mv /usr/sbin/dockerd /usr/bin/docker /opt/of-the-team
systemctl --quiet disable --now docker.service docker.socket`;
const BRING = `set -e
mv /opt/of-the-team/dockerd /usr/sbin/
mv /opt/of-the-team/docker /usr/bin/
systemctl --quiet enable docker.service`;

const noteOf = (image: string) =>
  `docker cp "$(docker create --pull never ${image})":/note - | tar --extract --to-stdout`;

describeOnIncus('docker as a pool asks for it', testbed => {
  test('comes by a script, has its images in every agent though nobody gives them any more, and its own addresses', {
    timeout: 600_000,
  }, async () => {
    const { gateway } = testbed();
    const registry = await ImageRegistry.start(gateway, {
      'library/mirrored': noteImage('by the mirror\n'),
      'team/direct': noteImage('by its registry\n'),
    });
    onTestFinished(() => registry[Symbol.asyncDispose]());
    const address = `${gateway}:${registry.port}`;
    const scenario = await startScenario({ ...testbed(), settings: { agentCount: 1 } });
    onTestFinished(() => scenario[Symbol.asyncDispose]());
    await writeFile(join(scenario.directory, 'images.tar'), archiveOf(noteImage('from an archive\n'), 'team/loaded:1'));
    await writeFile(join(scenario.directory, 'hide.sh'), HIDE);
    await writeFile(join(scenario.directory, 'bring.sh'), BRING);
    await scenario.configure({
      provisionScripts: [{ path: 'hide.sh', when: 'before' }, 'bring.sh'],
      docker: {
        source: 'script',
        registryMirrors: [`http://${address}`],
        insecureRegistries: [address],
        addressPools: [{ base: '10.199.0.0/16', size: 26 }],
        mtu: 1280,
        preload: ['mirrored:1', `${address}/team/direct:2`, { archive: 'images.tar' }],
      },
    });
    const daemon = startDaemon(scenario);
    await agentsOnline(scenario.emulator, 1);
    expect(registry.asked.filter(url => /\/manifests\/\d$/.test(url)).map(url => url.split('/')[3])).toEqual(
      expect.arrayContaining(['mirrored', 'direct']),
    );
    await registry[Symbol.asyncDispose]();

    const images = [noteOf('mirrored:1'), noteOf(`${address}/team/direct:2`), noteOf('team/loaded:1')];
    const script = [
      ...images,
      'docker info --format "store {{.Driver}}"',
      'ip -brief -4 address show docker0',
      // On a network without IPv6 copies do not wait for it.
      'cat /etc/systemd/network/10-eth0.network.d/iap.conf',
      'docker network inspect bridge --format "mtu {{index .Options \\"com.docker.network.driver.mtu\\"}}"',
      'docker network create more >/dev/null && docker network inspect more --format "more {{(index .IPAM.Config 0).Subnet}}"',
    ].join('\n');
    const job = await scenario.emulator.queueJob({ steps: [{ script }] }).finished;
    expect(job.result, job.lines.join('\n')).toBe('succeeded');
    const next = await scenario.emulator.queueJob({ steps: [{ script: images.join('\n') }] }).finished;
    expect(next.agentName).not.toBe(job.agentName);
    for (const each of [job, next])
      expect(linesOf(each, /^(?:by|from) /)).toEqual(['by the mirror', 'by its registry', 'from an archive']);
    expect(linesOf(job, /^LinkLocalAddressing/)).toEqual(['LinkLocalAddressing=no']);
    expect(linesOf(job, /^store /)).toEqual(['store overlay2']);
    expect(linesOf(job, /^docker0 /)[0]).toMatch(/ 10\.199\.\d+\.\d+\/26/);
    expect(linesOf(job, /^mtu /)).toEqual(['mtu 1280']);
    expect(linesOf(job, /^more /)[0]).toMatch(/^more 10\.199\.\d+\.\d+\/26$/);
    expect(await daemon.end()).toBe(0);
  });
});

function linesOf({ lines }: JobRecord, pattern: RegExp): readonly string[] {
  return lines.filter(line => pattern.test(line));
}
