import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectIncus, type IncusClient } from 'incus-client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { waves } from '../../demo/jobs.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { buildImage } from '../../testbed/image.js';
import { leftovers } from '../../testbed/leftovers.js';
import { type PrivateIncus, startPrivateIncus } from '../../testbed/private-incus.js';
import { told, withoutBuild } from '../../testbed/told-commands.js';
import { imageCacheDirectory, workTree } from '../../testbed/work-tree.js';

interface Demo {
  readonly child: ChildProcess;
  /** Resolves with what it has written so far, once that holds the text; rejects when it ends before. */
  wrote(text: string): Promise<string>;
  ended(): Promise<{ readonly code: number | null; readonly output: string }>;
}

/** Runs the demo as a pipe's writer. Without a socket that answers it starts an Incus of its own. */
function startDemo(socketPath: string): Demo {
  const [demo] = told('README.md#incus-azure-pipelines').lines(1);
  const child = spawn('sh', ['-c', withoutBuild(demo)], {
    cwd: workTree(),
    env: { ...process.env, INCUS_SOCKET: socketPath },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  onTestFinished(async () => {
    child.kill();
    await closed;
  });
  return {
    child,
    async wrote(text) {
      while (!output.includes(text)) {
        await Promise.race([once(child.stdout, 'data'), closed]);
        if (child.exitCode !== null && !output.includes(text)) throw new Error(`never wrote "${text}":\n${output}`);
      }
      return output;
    },
    async ended() {
      const [code] = await closed;
      return { code, output };
    },
  };
}

/** What a person would miss, or find too much, in their Incus. */
async function contentsOf(incus: IncusClient): Promise<unknown> {
  const [projects, networks, images, instances] = await Promise.all([
    incus.projects.list(),
    incus.server.networks.list(),
    incus.images.list(),
    incus.instances.names({ allProjects: true }),
  ]);
  const managed = networks.filter(network => network.managed).map(network => network.name);
  return { projects: projects.map(({ name }) => name), managed, images: images.map(i => i.fingerprint), instances };
}

describeOnIncus('the demo', () => {
  describe('in an Incus that is there', () => {
    // Nobody else's, so that nothing but the demo can change what is in it.
    let own: PrivateIncus;
    let incus: IncusClient;
    let before: unknown;
    beforeAll(async () => {
      own = await startPrivateIncus();
      await own.importImage(await buildImage({ cacheDirectory: imageCacheDirectory() }), 'of-the-owner');
      incus = connectIncus({ connection: { kind: 'unix', socketPath: own.socketPath } });
      before = await contentsOf(incus);
    });
    afterAll(async () => {
      await incus?.close();
      await own?.[Symbol.asyncDispose]();
    });

    test('runs every job as it is meant to end, and leaves it as it was', async () => {
      const { code, output } = await startDemo(own.socketPath).ended();
      expect(code, output).toBe(0);
      const rows = output.slice(output.indexOf('JOB ')).split('\n');
      for (const { name, expected } of waves.flat()) {
        const result = expected === 'failed' ? 'failed, as meant' : 'succeeded';
        const row = rows.find(line => line.startsWith(name));
        expect(row?.slice(name.length)).toMatch(new RegExp(`^ +${result} +demo-[0-9a-z-]+ +\\d+\\.\\d +\\d+\\.\\d$`));
      }
      expect(rows).toContain('0 containers left');
      expect(rows).toContain('0 registrations left');
      expect(await contentsOf(incus)).toEqual(before);
    });

    test('finds what an earlier run has kept, and leaves it as it was after a Ctrl-C too', async () => {
      const demo = startDemo(own.socketPath);
      const soFar = await demo.wrote('is busy');
      expect(soFar).toContain('all there');
      expect(soFar).toContain('kept from an earlier run');
      expect(await contentsOf(incus)).not.toEqual(before);
      demo.child.kill('SIGINT');
      expect(await demo.ended()).toMatchObject({
        code: 130,
        output: expect.stringContaining('everything that was made'),
      });
      expect(await contentsOf(incus)).toEqual(before);
    });
  });

  test('takes back its own Incus too after a Ctrl-C, however often it is pressed', async () => {
    const demo = startDemo('/nonexistent/unix.socket');
    await demo.wrote('the demo starts a private one');
    await demo.wrote('is busy');
    demo.child.kill('SIGINT');
    await demo.wrote('ending in good order');
    demo.child.kill('SIGINT');
    const { code, output } = await demo.ended();
    expect(code).toBe(130);
    expect(output.trimEnd().split('\n').at(-1)).toBe('Stopped; everything that was made is removed.');
    expect(await leftovers()).toEqual([]);
  });
});
