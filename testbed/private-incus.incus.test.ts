import { existsSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { describeOnIncus } from './for-tests.js';
import { buildImage } from './image.js';
import { type PrivateIncus, startPrivateIncus } from './private-incus.js';
import { remainsOf } from './take-down.js';
import { networkInterfaces } from './traces.js';
import { readVeths } from './veths.js';
import { imageCacheDirectory } from './work-tree.js';

describeOnIncus('a private Incus beside that of the run', () => {
  let incus: PrivateIncus | undefined;

  afterEach(async () => {
    await incus?.[Symbol.asyncDispose]();
    incus = undefined;
  });

  async function startWithImage(): Promise<PrivateIncus> {
    incus = await startPrivateIncus();
    await incus.importImage(await buildImage({ cacheDirectory: imageCacheDirectory() }), 'debian');
    return incus;
  }

  it('boots a guest that resolves names by its bridge and runs docker', async () => {
    const { incus: run, gateway } = bind(await startWithImage());
    await run('launch', 'debian', 'guest', '-c', 'security.nesting=true');
    expect(await run('exec', 'guest', '--', 'timeout', '60', 'sh', '-c', waitForBoot)).toBe('running\n');
    expect(await run('exec', 'guest', '--', 'getent', 'hosts', '_gateway.incus')).toContain(gateway);
    await run('exec', 'guest', '--', 'sh', '-c', dockerBuild);
    expect(await run('exec', 'guest', '--', 'docker', 'run', '--rm', 'probe')).toContain('tini version');
    expect(await run('exec', 'guest', '--', 'docker', 'info', '--format', '{{.Driver}}')).toContain('overlay2');
  });

  it('keeps its guests running when its daemon is killed and started again', async () => {
    const started = await startWithImage();
    const { incus: run } = bind(started);
    await run('launch', 'debian', 'guest');
    const before = { pid: started.pid, init: await initOf(started) };
    await started.restart({ signal: 'SIGKILL' });
    expect(started.pid).not.toBe(before.pid);
    expect(await initOf(started)).toBe(before.init);
  });

  it('takes everything back with guests still running, though its daemon has died', async () => {
    const started = await startWithImage();
    await started.incus(['launch', 'debian', 'guest']);
    const remains = await remainsOf(started);
    expect(remains.join()).toMatch(/process.*mount.*loop device.*bridge.*interface.*nft chain.*directory/);
    process.kill(started.pid, 'SIGKILL');
    await started[Symbol.asyncDispose]();
    expect(await remainsOf(started)).toEqual([]);
    expect(existsSync(started.directory)).toBe(false);
  });

  it.each([
    ['is taken down', (started: PrivateIncus) => started[Symbol.asyncDispose]()],
    ['is power-cycled', (started: PrivateIncus) => started.powerCycle()],
  ] as const)(
    'takes back, when it %s, the interfaces of a guest that ended without a daemon to see it',
    async (_, does) => {
      const started = await startWithImage();
      await started.incus(['launch', 'debian', 'guest']);
      const init = await initOf(started);
      process.kill(started.pid, 'SIGKILL');
      // Its monitor hands the guest's end of the pair back to the host.
      process.kill(init, 'SIGKILL');
      const pair = await vi.waitUntil(() => pairOn(started.bridge), { timeout: 30_000 });
      await does(started);
      expect(networkInterfaces().filter(name => pair.includes(name))).toEqual([]);
    },
  );

  it('leaves nothing behind when its start is aborted', async () => {
    const abort = new AbortController();
    const starting = startPrivateIncus({ signal: abort.signal, bridge: 'iaptbaborted' });
    queueMicrotask(() => abort.abort(new Error('changed my mind')));
    await expect(starting).rejects.toThrow('changed my mind');
    expect(await remainsOf({ directory: '/nonexistent', bridge: 'iaptbaborted' })).toEqual([]);
  });
});

// The first moments of a guest have no bus to ask.
const waitForBoot = 'until [ -S /run/dbus/system_bus_socket ]; do sleep 0.05; done; systemctl is-system-running --wait';

const dockerBuild = [
  'mkdir /root/probe && cd /root/probe && cp /usr/bin/docker-init tini',
  `printf 'FROM scratch\\nADD tini /tini\\nENTRYPOINT ["/tini", "--version"]\\n' > Dockerfile`,
  'docker build --quiet --tag probe .',
].join(' && ');

function bind(incus: PrivateIncus): { incus: (...args: string[]) => Promise<string>; gateway: string } {
  return { incus: (...args) => incus.incus(args), gateway: incus.gateway };
}

/** The two ends of a pair, one of them on the bridge, that are both on the host. */
async function pairOn(bridge: string): Promise<readonly string[] | undefined> {
  const port = (await readVeths()).find(veth => veth.bridge === bridge && veth.peer !== undefined);
  return port && [port.name, port.peer ?? ''];
}

async function initOf(incus: PrivateIncus): Promise<number> {
  const state = JSON.parse(await incus.incus(['query', '/1.0/instances/guest/state'])) as { pid: number };
  return state.pid;
}
