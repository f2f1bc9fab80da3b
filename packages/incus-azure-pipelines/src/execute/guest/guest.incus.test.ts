import type { IncusClient } from 'incus-client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeOnIncus } from '../../../../../testbed/for-tests.js';
import { GuestBench, type Lifecycle, testdata } from '../../../test/guest-bench.js';
import { Secret } from '../../lib/secret.js';
import { MARKS } from '../../model/marks.js';
import { askPrepared } from '../ask-prepared.js';
import { type Activation, activationTar } from './activation.js';
import { collectCommand } from './collect.js';
import { ACTIVATION_PATH, COLLECTED_PATH } from './layout.js';

const { signal } = new AbortController();
const token = 'f4k3-t0k3n-0f-the-organisation';
const canary = 'a-variable-of-the-pool';

/** Counts rounds in which a guest waits though all else is there, up to three; fewer where it has ended its waiting. */
const WAITS_THREE_TIMES = `systemctl is-system-running --wait >/dev/null
until curl --silent --fail --unix-socket /run/docker.sock http://docker/_ping >/dev/null; do sleep 0.1; done
rounds=0 last=
while [ "$rounds" -lt 3 ] && systemctl --quiet is-active iap-prepared; do
  round=$(pgrep -x sleep -P "$(systemctl show -P MainPID iap-prepared)")
  if [ -n "$round" ] && [ "$round" != "$last" ]; then last=$round rounds=$((rounds + 1)); fi
done
echo "$rounds"
`;

/** An address, and no default route. */
const NO_WAY_OUT = {
  '/etc/systemd/network/05-eth0.network':
    '[Match]\nName=eth0\n[Network]\nAddress=192.0.2.2/24\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n',
};

describeOnIncus('a guest', testbed => {
  let client: IncusClient;
  let guests: GuestBench;
  let lifecycle: Lifecycle;

  beforeAll(async () => {
    guests = await GuestBench.start(testbed());
    ({ client, lifecycle } = guests);
  });

  afterEach(() => guests.clear());

  afterAll(() => guests?.[Symbol.asyncDispose]());

  const run = (name: string, script: string) => guests.run(name, script);
  const said = (name: string, script: string, stdin?: string) => guests.said(name, script, stdin);
  const prepared = () => guests.prepared();

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

  test('is prepared when its system runs and docker answers', async () => {
    const name = await prepared();
    expect((await client.instances.get(name)).instance.status).toBe('Ready');
    expect(await said(name, 'systemctl is-system-running')).toBe('running\n');
    expect(await said(name, "docker version --format '{{.Server.Os}}'")).toBe('linux\n');
  });

  test.each([
    [
      'it has a way out of its network',
      { server: '192.0.2.1', files: NO_WAY_OUT, mend: 'ip route add default dev eth0' },
    ],
    [
      "its server's name resolves",
      { server: 'azure.invalid', files: {}, mend: 'echo 192.0.2.1 azure.invalid >>/etc/hosts' },
    ],
  ])('is not prepared before %s', async (_, { server, files, mend }) => {
    const { name, ready } = await guests.start(server, files);
    expect(await said(name, WAITS_THREE_TIMES)).toBe('3\n');
    expect((await client.instances.get(name)).instance.status).toBe('Running');
    await run(name, mend);
    await ready;
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
    expect(await said(name, files, `${canary}\n`)).toContain('./run/iap/activation/environment\n');
    expect(await said(name, processes, `${canary}\n`)).toBe('environ\nmem\n');
    expect(await said(name, files, `${token}\n`)).toBe('');
    expect(await said(name, processes, `${token}\n`)).toBe('');
    expect(await said(name, 'ps -eo args=')).not.toContain('sleep 1000');
  });

  test('waits for the rest of an activation that comes in pieces', async () => {
    const name = await prepared();
    const tar = tarFor(name);
    await push(name, tar.subarray(0, 1500));
    await run(name, 'until systemctl show -P ActiveState iap-register | grep -qx activating; do sleep 0.05; done');
    expect(await said(name, 'ls /run/iap')).toBe('activation.tar\n');
    await push(name, tar);
    await run(name, 'until [ -e /home/agent/listening ]; do sleep 0.05; done');
    expect(await said(name, 'ls /run/iap')).toBe('activation\n');
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

  test('says Ready once more when it is asked, until it is activated', async () => {
    const name = await prepared();
    const again = lifecycle.next('instance-ready', name);
    await askPrepared({ kind: 'ask-prepared', pool: 'linux', name, reason: '' }, { incus: client }, signal);
    await again;
    await client.instances.patch(name, { config: { [MARKS.activated]: '1' } });
    await askPrepared({ kind: 'ask-prepared', pool: 'linux', name, reason: '' }, { incus: client }, signal);
    await run(name, 'until grep -q "not prepared again" /var/log/iap/prepared.log; do sleep 0.05; done');
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

  test('ends when it was activated and told nothing, at the second look', async () => {
    const name = await prepared();
    expect(await said(name, 'systemctl is-active iap-untold.timer')).toBe('active\n');
    await run(name, 'systemctl start iap-untold');
    expect(await said(name, 'ls /run/iap')).toBe('');
    await client.instances.patch(name, { config: { [MARKS.activated]: '1' } });
    await run(name, 'systemctl start iap-untold');
    expect((await client.instances.get(name)).instance.status).toBe('Ready');
    const gone = lifecycle.next('instance-deleted', name);
    await run(name, 'systemctl start iap-untold').catch(() => undefined);
    await gone;
  });

  test('that was told of its agent goes on, whatever its job deletes', async () => {
    const name = await activated();
    await client.instances.patch(name, { config: { [MARKS.activated]: '1' } });
    const looks = 'systemctl start iap-untold; ls /run/iap';
    expect(await said(name, looks)).toBe('activation\n');
    expect(await said(name, `rm -r /run/iap/activation; ${looks}`)).toBe('');
  });

  test('wipes credentials that hold the token itself, says why, and goes', async () => {
    const name = await prepared();
    const finished = lifecycle.next('instance-ready', name);
    const gone = lifecycle.next('instance-deleted', name);
    await push(name, tarFor(name, { environment: { FAKE_SCHEME: 'PAT' } }));
    await finished;
    const log = await said(name, 'cat /var/log/iap/register.log; ls -A /home/agent /run/iap');
    await run(name, `touch ${COLLECTED_PATH}`);
    expect(log.match(/error: .*/g)).toEqual([expect.stringMatching(/\.credentials is not of scheme OAuth/)]);
    expect(log).not.toMatch(/^\.credentials$|^activation|^listening$/m);
    await gone;
  });

  test('takes a registration that the host has made', async () => {
    const credentials = new Secret('{"scheme":"OAuth","data":{}}');
    const name = await activated({
      credentials: { kind: 'registered', agent: '{"agentId":7}', credentials, rsaParameters: new Secret('{}') },
    });
    expect(await said(name, 'cd /home/agent; stat -c "%n %U %a" .agent .credentials .credentials_rsaparams')).toBe(
      '.agent agent 600\n.credentials agent 600\n.credentials_rsaparams agent 600\n',
    );
    expect(await said(name, 'ls -A /run/iap/activation')).toBe('complete\nenvironment\nname\npool\nurl\nwork\n');
  });
});
