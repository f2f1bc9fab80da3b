import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobRecord } from 'azure-pipelines-emulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../packages/incus-azure-pipelines/src/doctor/finding.js';
import { ImageRegistry, noteImage } from '../../packages/incus-azure-pipelines/test/image-registry.js';
import { type DaemonProcess, runProgram } from '../../testbed/daemon-process.js';
import { describeOnIncus } from '../../testbed/for-tests.js';
import { freePort } from '../../testbed/free-port.js';
import { type GuardedProxy, startGuardedProxy } from '../../testbed/guarded-proxy.js';
import { type OutsideHost, startOutsideHost } from '../../testbed/outside-host.js';
import { makePrivateAuthority } from '../../testbed/private-authority.js';
import { runCommand } from '../../testbed/run-command.js';
import { type Scenario, startScenario } from '../../testbed/scenario.js';
import { told } from '../../testbed/told-commands.js';
import { whenPool } from './daemon-status.js';
import { type FileServer, serveFiles } from './package-source.js';
import { MIRROR_SIGNER, type SignedMirror, serveMirror } from './signed-mirror.js';
import { expectNothingLeft, expectSixCleanJobs } from './six-jobs.js';
import { agentsOnline, tellOnFailure } from './waiting.js';
import { waysOut } from './ways-out.js';

const USER = 'builds';
/** The beginning stands in every form of it. */
const BEGINNING = 's3cr3t0fTheProxy';
const PASSWORD = `${BEGINNING}@%/'`;
const NEXT = 'an0therSecret';
/** The server listens on this host, at an address that guests do not reach, and another host passes on to it what it is asked. */
const NEAR = '10.213.214.1';
const FAR = '10.213.214.2';
/** Only the proxies know where these lead. */
const SERVER = 'tfs.corp.example';
const REGISTRY = 'registry.corp.example';
const PACKAGES = 'packages.corp.example';
const PAGES = 'pages.corp.example';
const COLLECTION = 'tfs/DefaultCollection';
const TOKEN = 'the-t0ken-0f-the-0rganisation';

// A step's shell goes on after a command that failed.
const SCRIPT = [
  // Without a token the server refuses, which only it can.
  `curl --silent --output /tmp/answer --write-out 'curl %{http_code}\\n' https://${SERVER}/${COLLECTION}/_apis/connectionData || exit 1`,
  'sudo apt-get update -q -o APT::Update::Error-Mode=any || exit 1',
  'echo "apt done"',
  `curl --fail --silent http://${PAGES}/page || exit 1`,
  `docker pull --quiet ${REGISTRY}/thing || exit 1`,
  `docker cp "$(docker create --pull never ${REGISTRY}/thing)":/note - | tar --extract --to-stdout`,
  `docker info --format 'docker by {{.HTTPProxy}} {{.HTTPSProxy}} not for {{.NoProxy}}'`,
  `grep -h . /home/agent/.proxy /home/agent/.proxybypass | sed 's/^/agent by /'`,
  `printf %s "\${VSTS_HTTP_PROXY_PASSWORD:0:${BEGINNING.length}}" >/tmp/needle`,
  'test "$(wc -c </tmp/needle)" -gt 10 || exit 1',
  'sudo grep -alF -f /tmp/needle /proc/[0-9]*/cmdline && exit 1',
  'echo "no argument"',
  `sudo grep -rlF -f /tmp/needle /etc /home /opt /root /usr/local /var/lib/iap /var/log /run | sed 's/^/holds /'`,
  'printf %s "$VSTS_HTTP_PROXY_PASSWORD" | sha256sum | sed "s/^/password /"',
].join('\n');

/** Where the password is found in an agent. */
const HOLDS = ['holds /home/agent/.docker/config.json', 'holds /run/iap/way-out.env'];

describeOnIncus('a server of a private authority, behind proxies that have to be signed in at', testbed => {
  let directory: string;
  /** The proxy of https, and that of http. */
  let proxy: GuardedProxy;
  let plain: GuardedProxy;
  let mirror: SignedMirror;
  let registry: ImageRegistry;
  /** Is reached by its name through the proxy of http, and by its address without one. */
  let pages: FileServer;
  let far: OutsideHost;
  let ways: string;
  let scenario: Scenario;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'proxies-'));
    const { gateway } = testbed();
    const trust = await makePrivateAuthority(['corp.example']);
    await writeFile(join(directory, 'authority.crt'), trust.authority);
    await writeFile(join(directory, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
    mirror = await serveMirror(gateway, directory, { git: 'git' }, trust);
    pages = await serveFiles(gateway, new Map([['/page', Buffer.from('a page\n')]]));
    const key = join(directory, 'mirror.asc');
    const gpg = ['--homedir', mirror.gpgHome, '--batch', '--armor', '--output', key, '--export', MIRROR_SIGNER];
    await runCommand('gpg', gpg);
    // What the image has and a base needs, so that it has to come from the mirror.
    await writeFile(join(directory, 'lose.sh'), 'dpkg --purge --force-depends git >/dev/null');
    registry = await ImageRegistry.start(gateway, { thing: noteImage('of the private registry\n') }, trust);
    const routes = new Map([
      [`${PACKAGES}:443`, new URL(mirror.url)],
      [`${REGISTRY}:443`, new URL(`https://${gateway}:${registry.port}`)],
    ]);
    proxy = await startGuardedProxy({ host: gateway, user: USER, password: PASSWORD, routes });
    const toPages = new Map([[`${PAGES}:80`, new URL(pages.url)]]);
    plain = await startGuardedProxy({ host: gateway, user: USER, password: PASSWORD, routes: toPages });
    const url = `https://${SERVER}/${COLLECTION}`;
    const port = await freePort();
    far = await startOutsideHost(NEAR, [FAR], { host: NEAR, port });
    routes.set(`${SERVER}:443`, new URL(`https://${FAR}:${far.port}`));
    ways = waysOut(`${pages.url}/page`, [new URL(proxy.url).host, `${FAR}:${far.port}`, `${NEAR}:${port}`]);
    scenario = await startScenario({
      ...testbed(),
      // What setup opens is the proxies and what is named here, and nothing else that is private.
      confined: true,
      emulator: { host: NEAR, port, tls: trust, token: TOKEN, collection: COLLECTION, publicUrl: url },
      settings: {
        agentCount: 1,
        reserve: 1,
        network: { allow: [new URL(pages.url).host] },
        docker: true,
        aptMirror: { url: `https://${PACKAGES}`, key },
        provisionScripts: [{ path: join(directory, 'lose.sh'), when: 'before' }],
        registration: 'host',
        azure: { pat: TOKEN, url, pool: 'default' },
        proxy: {
          http: plain.url,
          https: proxy.url,
          noProxy: ['elsewhere.example', '192.0.2.0/24', gateway],
          user: USER,
          password: { file: join(directory, 'password') },
        },
        caCertificates: [join(directory, 'authority.crt')],
      },
    });
    daemon = scenario.startDaemon();
  });
  afterAll(async () => {
    // From the last to the first, each whatever becomes of the others.
    await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
    await using _mirror = mirror;
    await using _registry = registry;
    await using _pages = pages;
    await using _proxy = proxy;
    await using _plain = plain;
    await using _far = far;
    await scenario?.[Symbol.asyncDispose]();
  });

  const run = async (more = ''): Promise<JobRecord> => {
    await agentsOnline(scenario.emulator, 1);
    return await scenario.emulator.queueJob({ steps: [{ script: `${SCRIPT}\n${ways}\n${more}` }] }).finished;
  };
  const tunnelTo = (name: string) => ({ target: `${name}:443`, by: 'tunnel', status: 200 });

  test('a base is built with packages of a mirror that bears a certificate of the authority, through the proxy of https', async () => {
    tellOnFailure(daemon);
    await agentsOnline(scenario.emulator, 1);
    expect(mirror.fetched).toContain('/git.deb');
    expect(proxy.passages).toContainEqual(tunnelTo(PACKAGES));
  });

  test('daemon, agent, docker, apt and the programs of a job go by the proxy of the scheme, and no password is an argument', async () => {
    tellOnFailure(daemon);
    const before = proxy.passages.length;
    const job = await run();
    expect(job.result, job.lines.join('\n')).toBe('succeeded');
    expect(job.lines).toEqual(
      expect.arrayContaining([
        'curl 401',
        'apt done',
        // Which it gives to those alone that trust the private authority.
        'of the private registry',
        'no argument',
        'a page',
        `agent by ${proxy.url}`,
        passwordLine(PASSWORD),
      ]),
    );
    const at = (url: string) => `http://\\S+@${new URL(url).host}/?`;
    const dockers = new RegExp(`^docker by ${at(plain.url)} ${at(proxy.url)} not for .*,${testbed().gateway}$`);
    expect(job.lines.find(line => line.startsWith('docker by '))).toMatch(dockers);
    expect(plain.passages).toEqual([{ target: `${PAGES}:80`, by: 'url', status: 200 }]);
    expect(job.lines.filter(line => line.startsWith('holds ')).toSorted()).toEqual(HOLDS);
    expect(proxy.passages.slice(before)).toContainEqual(tunnelTo(PACKAGES));
    expect(proxy.passages).toEqual(expect.arrayContaining([tunnelTo(REGISTRY), tunnelTo(SERVER)]));
    expect(proxy.passages.filter(({ status }) => status === 407)).toEqual([]);
  });

  test('a guest reaches what noProxy names by its address, the proxy, and neither the server nor the host before it', async () => {
    tellOnFailure(daemon);
    const { lines } = await run();
    const { gateway } = testbed();
    const reached = lines.filter(line => /^(?:by its address|a way to )/.test(line));
    expect(reached).toEqual(['by its address', `a way to ${gateway}`]);
    expect(lines).toContain(`agent by ^https?://${gateway.replaceAll('.', '\\.')}(:[0-9]+)?$`);
    expect([...proxy.passages, ...plain.passages].filter(({ target }) => target.startsWith(gateway))).toEqual([]);
  });

  test('the doctor finds a way for this host and for a guest, and names what the proxy refuses', async () => {
    const [check, doctor] = told('docs/how-to/proxies.md#work-behind-a-proxy').lines(2);
    const config = ['--config', scenario.configPath, '--json'];
    const call = async (command: string) => runProgram([...command.split(' ').slice(1), ...config]);
    expect((await runProgram([...check.split(' ').slice(1), '--config', scenario.configPath])).code).toBe(0);
    const findings = async () => (JSON.parse((await call(doctor)).stdout) as { findings: Finding[] }).findings;
    expect(await findings()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ check: 'azure-server', colour: 'green' }),
        expect.objectContaining({ check: 'registration', colour: 'green' }),
        expect.objectContaining({
          check: 'guest-server',
          colour: 'green',
          says: expect.stringContaining('answers 401'),
        }),
      ]),
    );
    await writeFile(join(directory, 'password'), 'wr0ng');
    const refused = await findings();
    await writeFile(join(directory, 'password'), PASSWORD);
    for (const name of ['azure-server', 'guest-server'])
      expect(refused).toContainEqual(
        expect.objectContaining({ check: name, colour: 'red', says: expect.stringContaining('407') }),
      );
  });

  test('the password stands nowhere outside of guests', async () => {
    const shown = [daemon.log, daemon.stderr, await scenario.incus.instances.list(), scenario.emulator.agents()];
    for (const text of shown.map(part => JSON.stringify(part))) expect(text).not.toContain(BEGINNING);
    expect((await scenario.call('status')).stdout).not.toContain(BEGINNING);
  });

  test('a changed password reaches an agent that was prepared before', async () => {
    tellOnFailure(daemon);
    await agentsOnline(scenario.emulator, 1);
    proxy.alsoTake(NEXT);
    plain.alsoTake(NEXT);
    await writeFile(join(directory, 'password'), NEXT);
    const [idle, waiting] = [await run(), await run()];
    expect([idle.result, waiting.result]).toEqual(['succeeded', 'succeeded']);
    expect(waiting.lines).toContain(passwordLine(NEXT));
  });

  test('an agent that registers itself does so that way, and has the password where others have it', async () => {
    tellOnFailure(daemon);
    await scenario.configure({ registration: 'guest' });
    await daemon.seen(line => line.msg === 'the configuration changes');
    // The one that is online by then was registered by the host.
    await run();
    const job = await run('sudo tail --lines 1 /var/log/iap/register.log | sed "s/^/noted /"');
    expect(job.lines.find(line => line.startsWith('noted '))).toMatch(/ Registered\.$/);
    expect(job.lines).toEqual(expect.arrayContaining(['curl 401', 'no argument', passwordLine(NEXT)]));
    expect(job.lines.filter(line => line.startsWith('holds ')).toSorted()).toEqual(HOLDS);
    expect(job.result).toBe('succeeded');
  });

  test('six jobs run in clean instances of two agents, and nothing is left', async () => {
    tellOnFailure(daemon);
    await scenario.configure({ agentCount: 2 });
    await whenPool(scenario, daemon, ({ agents, registration }) => registration === 'host' && agents.length === 3);
    await agentsOnline(scenario.emulator, 2);
    await expectSixCleanJobs(scenario);
    await expectNothingLeft(scenario, daemon, { instances: [], registrations: [] });
    expect(await daemon.end()).toBe(0);
  });
});

function passwordLine(password: string): string {
  return `password ${createHash('sha256').update(password).digest('hex')}  -`;
}
