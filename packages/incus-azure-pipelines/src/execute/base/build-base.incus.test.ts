import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import { createTarGzip } from 'nanotar';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../../../../testbed/for-tests.js';
import { WayOut } from '../../lib/way-out.js';
import { MARKS } from '../../model/marks.js';
import type { BaseSpec, ProvisionScript } from '../../model/pool.js';
import { guestFiles } from '../guest/files.js';
import { Isolation } from '../isolation.js';
import { type AgentPackage, describeAgentFile } from './agent-package.js';
import { BaseBuildError } from './base-build-error.js';
import { buildBase, buildSteps } from './build-base.js';
import { findSourceImage } from './source-image.js';
import { Steps } from './steps.js';

describeOnIncus('a base', testbed => {
  const base = 'iap-base-test';
  let client: IncusClient;
  let directory: string;
  let agentPackage: AgentPackage;
  let agentPackagePath: string;

  beforeAll(async () => {
    client = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
    directory = await mkdtemp(join(tmpdir(), 'build-base-'));
    agentPackagePath = join(directory, 'vsts-agent-linux-x64-9.1.2.tar.gz');
    const program = { data: '#!/bin/bash\n', attrs: { mode: '755' } };
    const archive = [
      { name: 'config.sh', ...program },
      { name: 'run.sh', ...program },
    ];
    await writeFile(agentPackagePath, await createTarGzip(archive));
    agentPackage = await describeAgentFile(agentPackagePath, new AbortController().signal);
  });

  afterEach(async () => {
    const left = (await client.instances.names()).filter(name => name === base);
    for (const name of left) {
      await client.instances.stop(name, { force: true });
      await client.instances.delete(name);
    }
  });

  afterAll(async () => {
    await client.close();
    await rm(directory, { recursive: true });
  });

  async function build(change: Partial<BaseSpec> = {}, signal = new AbortController().signal): Promise<string[]> {
    const told: string[] = [];
    const spec: BaseSpec = {
      image: { kind: 'local', alias: testbed().image },
      isMade: false,
      provisionScripts: [],
      docker: true,
      tmpfsSizeBytes: undefined,
      agent: { kind: 'file', path: agentPackagePath },
      refreshMs: undefined,
      ...change,
    };
    await buildBase({
      client,
      spec,
      image: await findSourceImage(client, spec.image, 'x86_64', new WayOut(), signal),
      base,
      marks: { [MARKS.owner]: 'somebody', [MARKS.pool]: 'linux' },
      agent: spec.isMade ? undefined : { ...agentPackage, path: agentPackagePath },
      storage: undefined,
      isolation: new Isolation({ off: undefined, onOff: () => {} }),
      steps: new Steps(buildSteps(spec, undefined), ({ text }) => told.push(text)),
      signal,
    });
    return told;
  }

  async function pull(path: string): Promise<{ text: string; owner: string; mode: string }> {
    const file = await client.files.pull(base, path);
    if (file.type === 'directory') throw new Error(`${path} is a directory`);
    const text = Buffer.from(file.content).toString();
    return { text, owner: `${file.uid}:${file.gid}`, mode: file.mode.toString(8) };
  }

  test('is stopped, marked, and holds what the contract asks for and nothing of its own past', async () => {
    await build();
    const { instance } = await client.instances.get(base);
    expect(instance.status).toBe('Stopped');
    expect(instance.ephemeral).toBe(false);
    expect(instance.config).toMatchObject({
      [MARKS.owner]: 'somebody',
      [MARKS.pool]: 'linux',
      [MARKS.baseState]: 'ready',
      [MARKS.baseAgentVersion]: '9.1.2',
      'boot.autostart': 'false',
      'security.nesting': 'true',
    });
    for (const { path, content, mode } of guestFiles) {
      expect(await pull(path)).toEqual({ text: content, owner: '0:0', mode: mode.toString(8) });
    }
    expect(await pull('/home/agent/run.sh')).toMatchObject({ owner: '1100:1100', mode: '755' });
    expect((await pull('/etc/passwd')).text).toMatch(/^agent:x:1100:1100:.*:\/home\/agent:\/bin\/bash$/m);
    expect((await pull('/etc/group')).text).toMatch(/^docker:.*\bagent$/m);
    expect((await pull('/etc/machine-id')).text).toBe('');
    await expect(pull('/etc/hostname')).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('is provisioned by the scripts in order, those for before first, as root, each by its own first line, and keeps none of them', async () => {
    const told = await build({
      provisionScripts: [
        {
          path: '/srv/one.sh',
          content: 'echo "one by $BASH_VERSION" as $(id -u) in $PWD >>/provisioned\necho done',
          when: 'after',
        },
        {
          path: '/srv/two',
          content: '#!/usr/bin/perl\nopen my $f, ">>", "/provisioned"; print $f "two by perl $]\\n";',
          when: 'after',
        },
        {
          path: '/srv/first.sh',
          content: 'id agent || echo "first, without an agent" >>/provisioned',
          when: 'before',
        },
      ],
      tmpfsSizeBytes: 16 * 1024 * 1024,
    });
    const lines = (await pull('/provisioned')).text.trimEnd().split('\n');
    expect(lines).toEqual([
      'first, without an agent',
      expect.stringMatching(/^one by 5\S* as 0 in \/root$/),
      expect.stringMatching(/^two by perl/),
    ]);
    expect(told).toContain('done');
    expect((await pull('/etc/systemd/system/tmp.mount')).text).toContain('size=16777216\n');
    await expect(client.files.pull(base, '/run/iap-base')).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('that is ready is left alone; a half-made one is replaced; a stranger is not touched', async () => {
    await client.instances.create({ name: base, source: { type: 'none' }, config: { [MARKS.baseState]: 'ready' } });
    expect(await build()).toEqual([]);
    await client.instances.patch(base, { config: { [MARKS.baseState]: '' } });
    await expect(build()).rejects.toThrow(`build base "${base}": an instance of that name is there and is no base`);
    expect(await client.instances.names()).toContain(base);
    await client.instances.patch(base, { config: { [MARKS.baseState]: 'building' } });
    await build();
    expect((await client.instances.get(base)).instance.config[MARKS.baseState]).toBe('ready');
  });

  test('whose docker stores images in another way than agents need says which', async () => {
    const content = `echo '{"storage-driver": "vfs"}' >/etc/docker/daemon.json && systemctl restart docker.service`;
    const failure = await build({ provisionScripts: [{ path: '/srv/vfs', content, when: 'after' }] }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ name: 'BaseBuildError', stage: 'docker' });
    expect(failure instanceof Error ? failure.message : '').toContain(
      'docker has the storage driver vfs, and agents need overlay2: see that the storage pool is one that overlayfs works on',
    );
    expect(await client.instances.names()).not.toContain(base);
  });

  test('with a failing provision script shows what it printed and leaves nothing', async () => {
    const failing: ProvisionScript = {
      path: '/srv/fails.sh',
      content: 'echo before\necho reason >&2\nexit 3\n',
      when: 'after',
    };
    const failure = await build({ provisionScripts: [failing] }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BaseBuildError);
    expect(failure).toMatchObject({ stage: 'provision' });
    const message = failure instanceof Error ? failure.message : '';
    expect(message).toContain(`run provision script "/srv/fails.sh" in base "${base}": it ended with code 3`);
    expect(message).toContain('before');
    expect(message).toContain('reason');
    expect(await client.instances.names()).not.toContain(base);
  });

  test('that is given up in the middle leaves nothing', async () => {
    const abort = new AbortController();
    const endless: ProvisionScript = { path: '/srv/endless.sh', content: 'exec sleep 1000', when: 'after' };
    const refused = expect(build({ provisionScripts: [endless] }, abort.signal)).rejects.toThrow('given up');
    const events = client.events.subscribe({ types: ['lifecycle'], signal: abort.signal });
    for await (const event of events) {
      if (event.type === 'lifecycle' && event.metadata.context?.path === '/run/iap-base/endless.sh') {
        abort.abort(new Error('given up'));
      }
    }
    await refused;
    expect(await client.instances.names()).not.toContain(base);
  });

  test('with an agent package of another content leaves nothing', async () => {
    const right = agentPackage;
    agentPackage = { ...right, sha256: '0'.repeat(64) };
    await expect(build()).rejects.toThrow(`has SHA-256 ${right.sha256} in place of 0000`);
    agentPackage = right;
    expect(await client.instances.names()).not.toContain(base);
  });

  test('made by hand that breaks the guest contract is refused with all that is wrong, and left as it is', async () => {
    const golden = 'iap-golden';
    await client.instances.create({ name: golden, source: { type: 'image', alias: testbed().image } });
    try {
      const image = { kind: 'instance', alias: golden } as const;
      const made = build({ image, isMade: true }).catch((error: unknown) => error);
      const failure = await made;
      expect(failure).toMatchObject({ name: 'BaseBuildError', stage: 'contract' });
      const message = failure instanceof Error ? failure.message : '';
      expect(message).toContain(`"${golden}" does not keep the guest contract (CONTRACT.md): `);
      expect(message).toContain("/usr/local/lib/iap/agent is missing, or not root's with mode 0755; ");
      expect(message).toContain('; iap-prepared.service is not enabled; ');
      expect(message).toContain('; there is no user agent with uid 1100, ');
      expect(message).not.toContain('docker is not there');
      expect(message).not.toContain('iap-untold');
      expect((await client.instances.names()).filter(name => name.startsWith('iap-base-'))).toEqual([]);

      await client.instances.start(golden);
      await expect(build({ image, isMade: true })).rejects.toThrow(/"iap-golden" .*: it is Running; stop it/);
      await client.instances.stop(golden, { force: true });
      await client.files.push(golden, '/etc/machine-id', `${'1'.repeat(32)}\n`);
      await expect(build({ image, isMade: true })).rejects.toThrow('/etc/machine-id is not empty');
    } finally {
      await client.instances.stop(golden, { force: true });
      await client.instances.delete(golden);
    }
  });

  test('from an image of another distribution is refused, and says what else can be done', async () => {
    const alien = 'iap-alien';
    await client.instances.create({ name: alien, source: { type: 'image', alias: testbed().image } });
    try {
      await client.files.push(alien, '/etc/os-release', 'ID=fedora\nPRETTY_NAME="Fedora Linux 43"\n');
      await expect(build({ image: { kind: 'instance', alias: alien } })).rejects.toThrow(
        /this image is of Fedora Linux 43, and bases are built from Debian and Ubuntu images alone; .*\(CONTRACT\.md\)/,
      );
    } finally {
      await client.instances.delete(alien);
    }
  });

  test('from an image that is not there says how to get one', async () => {
    const image = { kind: 'local', alias: 'nowhere' } as const;
    await expect(build({ image })).rejects.toThrow(/find source image "nowhere": .* has no image of that alias/);
  });
});
