import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DaemonProcess, runProgram } from '../../../../testbed/daemon-process.js';
import { startEmulator } from '../../../azure-pipelines-emulator/src/index.js';
import { useConfigFolder } from '../../test/config-folder.js';
import { startWithPast } from '../../test/past-jobs.js';
import { PretendIncus } from '../../test/pretend-incus.js';
import { ACTIVATION_PATH } from '../execute/guest/layout.js';
import { openInstallation } from '../lib/installation.js';
import { CONTRACT, MARKS } from '../model/marks.js';
import { programShape } from './program.js';

const TOKEN = 'm4rk3d-t0k3n-0f-th3-0rg4n1s4t10n';
/** As it stands in the header of a call, in the least that tells it. */
const ENCODED = Buffer.from(`:${TOKEN}`).toString('base64').replace(/=+$/, '');

const folder = useConfigFolder();

/** A daemon whose log tells everything, and which has an agent. */
async function startWithAgent(registration: string) {
  const azure = await startEmulator({ token: TOKEN });
  onTestFinished(() => azure.close());
  const incus = await PretendIncus.start(Date.now);
  onTestFinished(() => incus[Symbol.asyncDispose]());
  incus.aliases.set('debian', 'f'.repeat(64));
  const state = folder.path(`state-${registration}`);
  const socket = folder.path('control.sock');
  const config = await folder.write(
    'config.yaml',
    `agentCount: 1
baseImage: local:debian
baseMade: true
registration: ${registration}
incus: {socket: ${incus.socketPath}}
stateDirectory: ${state}
controlSocket: ${socket}
http: {port: 0}
reconcileInterval: 1s
azurePollInterval: 1s
azure: {pat: {file: ${await folder.write('token', TOKEN)}}, url: "${azure.url}", pool: default}
`,
  );
  const { ownerId } = await openInstallation(state);
  const daemon = new DaemonProcess(['run', '--config', config, '--log-level', 'debug']);
  onTestFinished(() => daemon[Symbol.asyncDispose]());
  const { base } = await daemon.seen(({ kind }) => kind === 'build-base');
  const marks = { [MARKS.owner]: ownerId, [MARKS.pool]: 'default', [MARKS.contract]: CONTRACT };
  incus.put(String(base), { ...marks, [MARKS.baseState]: 'ready', [MARKS.baseProven]: 'default' }, 'Stopped');
  await daemon.seen(({ kind, msg }) => kind === 'activate-agent' && msg === 'action done');
  return { azure, config, daemon, incus, socket, state };
}

it.each(['guest', 'host'] as const)(
  'where the %s registers, the token is in nothing but what a guest needs for that, of all that any verb prints, serves, writes, or tells Incus',
  async registration => {
    const { azure, config, daemon, incus, socket, state } = await startWithAgent(registration);
    const { httpPort } = await daemon.seen(({ msg }) => msg === 'running');
    const said = new Map<string, string>();
    const [agent = ''] = [...incus.instances].flatMap(([name, { config: keys }]) =>
      keys[MARKS.activated] ? [name] : [],
    );
    const call = async (...args: readonly string[]) => {
      const { stderr, stdout } = await runProgram(args);
      said.set(args.join(' '), stdout + stderr);
    };
    const alone = ['--config', config];
    const asked = ['--socket', socket];
    await Promise.all([
      call('check', ...alone),
      call('schema'),
      call('completion', 'bash'),
      call('manual'),
      call('plan', '--json', ...alone),
      call('status', '--json', ...asked),
      call('explain', agent, ...asked),
      call('logs', agent, ...alone),
      call('base', 'list', ...alone),
      call('adopt', ...alone),
      call('shell', agent, ...alone),
      call('simulate', '--from-azure', '1d', '--agents', '1', ...alone),
      call('contract', '--pool', 'none', '--record', folder.path('recording'), ...alone),
    ]);
    // Else the doctor waits for its guest to boot, which none does here.
    incus.failing = asks => (asks === 'POST /1.0/instances' ? { status: 500, error: 'no' } : undefined);
    azure.failNext({ kind: 'unauthorized', caller: 'organisation', times: 1_000_000 });
    await daemon.seen(({ msg, of }) => msg === 'cannot be read' && String(of).startsWith('Azure'));
    await Promise.all([
      call('doctor', '--json', ...alone),
      call('plan', ...alone),
      call('simulate', '--json', '--from-azure', '1d', '--agents', '1', ...alone),
      call('status', ...asked),
      call('explain', 'default', ...asked),
      call('base', 'build', ...alone),
      call('base', 'prune', ...alone),
      call('setup', ...alone),
    ]);
    await call('drain', ...asked);
    await call('resume', ...asked);
    const served = (route: string) => fetch(`http://127.0.0.1:${String(httpPort)}/${route}`);
    for (const route of ['metrics', 'healthz']) said.set(route, await (await served(route)).text());
    said.set('live', await firstMessage(await served('live')));
    expect(said.get('live')).toContain(agent);
    incus.instances.delete(agent);
    await daemon.seen(({ agent: ended, msg }) => msg === 'agent ended' && ended === agent);
    await Promise.all([call('logs', ...asked), call('logs', agent, ...alone, ...asked)]);
    const kept = `deaths/${agent}`;
    await expect.poll(async () => (await served(kept)).status).toBe(200);
    said.set(kept, await (await served(kept)).text());
    const [trace, chart] = [folder.path('trace.csv'), folder.path('chart.svg')];
    const { emulator: past } = await startWithPast([{ waitsMs: 1_000, runsMs: 60_000 }], { token: TOKEN });
    onTestFinished(() => past.close());
    const ofThePast = await folder.write('past.yaml', (await readFile(config, 'utf8')).replace(azure.url, past.url));
    const written = ['--save-trace', trace, '--svg', chart];
    await call('simulate', '--from-azure', '1d', '--agents', '1', '--config', ofThePast, ...written);
    await daemon[Symbol.asyncDispose]();

    // Else there was nothing to search.
    expect([...said].filter(([, text]) => text === '')).toEqual([]);
    const verbs = programShape().commands.flatMap(({ commands, name }) =>
      commands.length === 0 ? name : commands.map(below => `${name} ${below.name}`),
    );
    expect(verbs.filter(verb => ![...said.keys()].some(called => `${called} `.startsWith(`${verb} `)))).toEqual([
      'run',
    ]);
    said.set('log', JSON.stringify(daemon.log) + daemon.stderr);
    said.set('instances', JSON.stringify([...incus.instances]));
    for (const [n, { body, call: asks, query }] of incus.calls.entries())
      said.set(`${n} ${asks}${decodeURIComponent(query)}`, body.toString('latin1') + decodeURIComponent(query));
    for (const file of [...(await filesUnder(state)), trace, chart]) said.set(file, await readFile(file, 'utf8'));
    const where = (key: string) => key.replace(/^\d+ /, '');
    const given = `POST /1.0/instances/${agent}/files?project=default&path=${ACTIVATION_PATH}`;
    expect([...said.keys()].map(where)).toContain(given);
    const tells = [...said].filter(([, text]) => text.includes(TOKEN) || text.includes(ENCODED));
    // That it is found where it has to be shows that it would be found elsewhere.
    expect(tells.map(([key]) => where(key))).toEqual(registration === 'guest' ? [given] : []);
    // Some twenty programs are started.
  },
  180_000,
);

/** The first message of a stream that goes on. */
async function firstMessage({ body }: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes('\n\n')) break;
  }
  return text;
}

async function filesUnder(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
}
