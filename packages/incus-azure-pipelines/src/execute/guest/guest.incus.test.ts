import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import { createTarGzip } from 'nanotar';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../../../../testbed/for-tests.js';
import { Secret } from '../../lib/secret.js';
import { MARKS } from '../../model/marks.js';
import { describeAgentFile } from '../base/agent-package.js';
import { buildBase } from '../base/build-base.js';
import { findSourceImage } from '../base/source-image.js';
import { Steps } from '../base/steps.js';
import { type Activation, activationTar } from './activation.js';
import { collectCommand } from './collect.js';
import { ACTIVATION_PATH, COLLECTED_PATH } from './layout.js';

const token = 'f4k3-t0k3n-0f-the-organisation';
const canary = 'a-variable-of-the-pool';

describeOnIncus('a guest', testbed => {
  const base = 'iap-guest-test-base';
  let client: IncusClient;
  let directory: string;
  let births = 0;
  let lifecycle: Lifecycle;

  beforeAll(async () => {
    client = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
    lifecycle = new Lifecycle(client);
    await lifecycle.open();
    directory = await mkdtemp(join(tmpdir(), 'guest-'));
    const path = join(directory, 'agent.tar.gz');
    const attrs = { mode: '755' };
    const programs = ['config.sh', 'run.sh'].map(async name => ({ name, data: await testdata(name), attrs }));
    await writeFile(path, await createTarGzip(await Promise.all(programs)));
    const { signal } = new AbortController();
    const image = { kind: 'local', alias: testbed().image } as const;
    await buildBase({
      client,
      image: await findSourceImage(client, image, 'x86_64', signal),
      spec: {
        image,
        isMade: false,
        provisionScripts: [],
        docker: true,
        tmpfsSizeBytes: undefined,
        agent: { kind: 'file', path },
        refreshMs: undefined,
      },
      base,
      marks: {},
      agent: { ...(await describeAgentFile(path, signal)), path },
      storage: undefined,
      steps: new Steps(0, () => undefined),
      signal,
    });
  });

  afterEach(async () => {
    for (const name of await client.instances.names()) {
      if (name.startsWith('iap-guest-test-') && name !== base) {
        await client.instances.stop(name, { force: true }).catch(() => undefined);
      }
    }
  });

  afterAll(async () => {
    await client.instances.delete(base).catch(() => undefined);
    await lifecycle.close();
    await client.close();
    await rm(directory, { recursive: true });
  });

  async function prepared(): Promise<string> {
    births += 1;
    const name = `iap-guest-test-${births}`;
    const ready = lifecycle.next('instance-ready', name);
    await client.instances.create({
      name,
      ephemeral: true,
      start: true,
      source: { type: 'copy', source: base, instance_only: true },
      config: { [MARKS.baseState]: '', [MARKS.server]: testbed().gateway, 'boot.autostart': 'false' },
    });
    await ready;
    return name;
  }

  function tarFor(name: string, change: Partial<Activation> = {}): Uint8Array {
    return activationTar({
      name,
      url: 'https://dev.example/collection',
      agentPool: 'Linux pool',
      workFolder: '_work',
      environment: { 'agent.disableupdate': '1', NOTE: `${canary}\nin two lines` },
      credentials: { kind: 'token', token: new Secret(token) },
      ...change,
    });
  }

  async function push(name: string, content: Uint8Array): Promise<void> {
    await client.files.push(name, ACTIVATION_PATH, content, { mode: 0o600 });
  }

  async function activated(change: Partial<Activation> = {}): Promise<string> {
    const name = await prepared();
    await push(name, tarFor(name, change));
    await run(name, 'until [ -e /home/agent/listening ]; do sleep 0.05; done');
    return name;
  }

  async function run(name: string, script: string, stdin = ''): Promise<string> {
    const { stdout } = await client.exec(name, { command: ['bash', '-c', script], stdin }, { deadlineMs: 60_000 });
    return stdout;
  }

  test('is prepared when its system runs and docker answers', async () => {
    const name = await prepared();
    expect((await client.instances.get(name)).instance.status).toBe('Ready');
    expect(await run(name, 'systemctl is-system-running')).toBe('running\n');
    expect(await run(name, "docker version --format '{{.Server.Os}}'")).toBe('linux\n');
  });

  test('runs one agent with the variables of its pool, says when it is finished, and powers off', async () => {
    const name = await activated();
    expect((await client.instances.get(name)).instance.status).toBe('Running');
    const gone = lifecycle.next('instance-deleted', name);
    const finished = lifecycle.next('instance-ready', name);
    await run(name, 'touch /home/agent/finish');
    await finished;
    const { stdout } = await client.exec(name, { command: collectCommand });
    const lines = stdout.split('\n');
    expect(lines).toContain(
      `config.sh --unattended --acceptTeeEula --auth pat --url https://dev.example/collection --pool Linux pool --agent ${name} --work _work`,
    );
    const start = lines.findIndex(line => line.startsWith('run.sh --once as uid=1100(agent) gid=1100(agent)'));
    expect(lines[start]).toMatch(/\bgroups=.*\(docker\)/);
    const variables = lines.slice(start + 1).filter(line => /^(?!PWD=|SHLVL=|_=)[\w.]+=/.test(line));
    expect(variables).toEqual([
      'HOME=/home/agent',
      'LANG=C.UTF-8',
      `NOTE=${canary}|in two lines`,
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'XDG_RUNTIME_DIR=/run/user/1100',
      'agent.disableupdate=1',
    ]);
    expect(stdout).toContain('run.sh ended with code 0.');
    await gone;
  });

  test('holds the token nowhere while its agent runs', async () => {
    const name = await activated();
    const files = 'cd / && grep -rlF -f - --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev . | sort';
    await client.files.push(name, '/root/search.pl', await testdata('search-processes.pl'));
    const processes = 'perl /root/search.pl | sort -u';
    // What is known to be there is found, so the search can be believed.
    expect(await run(name, files, `${canary}\n`)).toContain('./run/iap/activation/environment\n');
    expect(await run(name, processes, `${canary}\n`)).toBe('environ\nmem\n');
    expect(await run(name, files, `${token}\n`)).toBe('');
    expect(await run(name, processes, `${token}\n`)).toBe('');
    expect(await run(name, 'ps -eo args=')).not.toContain('sleep 1000');
  });

  test('waits for the rest of an activation that comes in pieces', async () => {
    const name = await prepared();
    const tar = tarFor(name);
    await push(name, tar.subarray(0, 1500));
    await run(name, 'until systemctl show -P ActiveState iap-register | grep -qx activating; do sleep 0.05; done');
    expect(await run(name, 'ls /run/iap')).toBe('activation.tar\n');
    await push(name, tar);
    await run(name, 'until [ -e /home/agent/listening ]; do sleep 0.05; done');
    expect(await run(name, 'ls /run/iap')).toBe('activation\n');
  });

  test.each([
    ['the wrapper', 'kill -9 "$(systemctl show -P MainPID iap-agent)"'],
    ['run.sh', 'kill -9 "$(ps -C run.sh -o pid= | head -n 1)"'],
    ['every process but the first', 'kill -9 -1'],
  ])('goes by itself when %s is killed', async (_what, script) => {
    const name = await activated();
    const shutdown = lifecycle.next('instance-shutdown', name);
    const gone = lifecycle.next('instance-deleted', name);
    // The command dies with what it kills.
    await run(name, script).catch(() => undefined);
    expect(await shutdown).toBeUndefined();
    expect(await gone).toBeUndefined();
  });

  test('is not prepared again when it boots once more after its activation', async () => {
    const name = await prepared();
    await client.instances.patch(name, { config: { [MARKS.activated]: '1' } });
    const restarted = lifecycle.next('instance-restarted', name);
    await run(name, 'reboot -f').catch(() => undefined);
    await restarted;
    await run(name, 'until grep -q "not prepared again" /var/log/iap/prepared.log; do sleep 0.05; done');
    expect((await client.instances.get(name)).instance.status).toBe('Running');
  });

  test('wipes credentials that hold the token itself, says why, and goes', async () => {
    const name = await prepared();
    const finished = lifecycle.next('instance-ready', name);
    const gone = lifecycle.next('instance-deleted', name);
    await push(name, tarFor(name, { environment: { FAKE_SCHEME: 'PAT' } }));
    await finished;
    const log = await run(name, `cat /var/log/iap/register.log; ls -A /home/agent /run/iap; touch ${COLLECTED_PATH}`);
    expect(log.match(/error: .*/g)).toEqual([expect.stringMatching(/\.credentials is not of scheme OAuth/)]);
    expect(log).not.toMatch(/^\.credentials$|^activation|^listening$/m);
    await gone;
  });

  test('takes a registration that the host has made', async () => {
    const credentials = new Secret('{"scheme":"OAuth","data":{}}');
    const name = await activated({
      credentials: { kind: 'registered', agent: '{"agentId":7}', credentials, rsaParameters: new Secret('{}') },
    });
    expect(await run(name, 'cd /home/agent; stat -c "%n %U %a" .agent .credentials .credentials_rsaparams')).toBe(
      '.agent agent 600\n.credentials agent 600\n.credentials_rsaparams agent 600\n',
    );
    expect(await run(name, 'ls -A /run/iap/activation')).toBe('complete\nenvironment\nname\npool\nurl\nwork\n');
  });
});

async function testdata(name: string): Promise<string> {
  return await readFile(new URL(`./testdata/${name}`, import.meta.url), 'utf8');
}

/** Waits for lifecycle events by action and instance. */
class Lifecycle {
  readonly #client: IncusClient;
  readonly #stop = new AbortController();
  readonly #waiting = new Map<string, (requestor: unknown) => void>();
  #following: Promise<void> | undefined;

  constructor(client: IncusClient) {
    this.#client = client;
  }

  /** Resolves when events are coming. */
  async open(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#following = this.#follow(resolve);
    });
  }

  /** Resolves with who asked for it, which is nobody where the guest did it itself. */
  next(action: string, name: string): Promise<unknown> {
    return new Promise(resolve => this.#waiting.set(`${action} ${name}`, resolve));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(onOpen: () => void): Promise<void> {
    const events = this.#client.events.subscribe({ types: ['lifecycle'], signal: this.#stop.signal });
    for await (const event of events) {
      if (event.type === 'gap') onOpen();
      if (event.type !== 'lifecycle') continue;
      const { action, name, requestor } = event.metadata;
      this.#waiting.get(`${action} ${name}`)?.(requestor);
    }
  }
}
