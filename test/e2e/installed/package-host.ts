/** A host of somebody's, with systemd, on which the package is installed; beside it an Azure and an Incus that it may use. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { connectIncus, type IncusClient } from 'incus-client';
import type { Testbed } from '../../../testbed/for-tests.js';
import { incusEnvironment } from '../../../testbed/incus-command.js';
import { runCommand } from '../../../testbed/run-command.js';
import type { Scenario } from '../../../testbed/scenario.js';
import { told, withoutBuild } from '../../../testbed/told-commands.js';
import { workTree } from '../../../testbed/work-tree.js';
import { startWithBase } from '../finished-base.js';
import { SystemContainer } from '../system-container.js';

export const NAME = 'incus-azure-pipelines';
const SOCKET = '/srv/incus.socket';

/** Stands for a person who types what is meant. */
const EDITOR = '#!/bin/sh\ncat "/root/typed/$(basename "$1")" >"$1"\n';

export class PackageHost implements AsyncDisposable {
  readonly testbed: Testbed;
  /** Of the Incus beside it, whoever has it being its administrator. */
  readonly socket = SOCKET;
  /** In which its container is. */
  readonly incus: IncusClient;
  #folder: string | undefined;
  #scenario: Scenario | undefined;
  #host: SystemContainer | undefined;

  constructor(testbed: Testbed) {
    this.testbed = testbed;
    this.incus = connectIncus({ connection: { kind: 'unix', socketPath: testbed.socketPath } });
  }

  /** What it works with: an emulated Azure, and a project in Incus. */
  get scenario(): Scenario {
    return started(this.#scenario);
  }

  get host(): SystemContainer {
    return started(this.#host);
  }

  /** Starts it, with the package, built as the README tells, in `/root/build/packages`. */
  async start(): Promise<void> {
    const { image, socketPath } = this.testbed;
    this.#folder = await mkdtemp(join(tmpdir(), 'iap-deb-'));
    const build = this.build();
    this.#scenario = await startWithBase({ ...this.testbed, confined: false, settings: { agentCount: 1 } });
    this.#host = await SystemContainer.start(this.incus, 'host-of-the-package', image);
    await this.host.share(socketPath, SOCKET);
    await this.host.run('groupadd --system incus-admin; mkdir -p /root/build/packages /root/typed');
    await this.host.push('/usr/local/bin/editor', EDITOR, 0o755);
    await this.give(await build);
  }

  /** Of the tests, for what they make. */
  get folder(): string {
    return started(this.#folder);
  }

  /** Builds the package as the README tells, of another Node where one is named; gives back its path. */
  async build(node?: string): Promise<string> {
    const [plain] = told('README.md#installation').lines(2);
    const ofIts = { 'DIRECTORY/bin/node': node ?? '' };
    const [other] = told('docs/how-to/install.md#as-a-package-of-debian-or-ubuntu', 2).lines(1, ofIts);
    const build = withoutBuild(node === undefined ? plain : other);
    return (await runCommand('sh', ['-c', `cd ${workTree()}; ${build} --output ${this.folder}`])).trim();
  }

  /** Puts a package where the README has it. */
  async give(file: string): Promise<void> {
    await this.host.push(`/root/build/packages/${basename(file)}`, await readFile(file));
  }

  /** Runs a command of a document in the place where a reader stands. */
  tell(command: string): Promise<string> {
    return this.host.run(`cd /root\n${command}`);
  }

  /** Waits until a command that goes on until somebody ends it has shown a text. */
  async shows(command: string, text: string): Promise<void> {
    await this.tell(`set -e; line=; exec 3< <(exec ${command})
until [[ $line == *'${text}'* ]]; do read -r line <&3; done
kill $!`);
  }

  /** Calls a command until a line of it ends so, which one does once the daemon has gone round. */
  async tells(command: string, end: string): Promise<void> {
    await this.tell(`until ${command} | grep '${end}$'; do sleep 0.2; done`);
  }

  /** Runs a command of a document that is for Incus, on the host that has it. */
  tellIncus(command: string): Promise<string> {
    return runCommand('sh', ['-c', command], { env: incusEnvironment(this.testbed.directory) });
  }

  writeToken(token: string): Promise<string> {
    return this.host.run(`echo ${token} >/etc/${NAME}/pat && chmod 0640 /etc/${NAME}/pat`);
  }

  /** What a person types into the configuration: that of the scenario, as this host sees it. */
  async config(settings: object = {}): Promise<{ readonly text: string; readonly stateDirectory: string }> {
    const config = JSON.parse(await readFile(this.scenario.configPath, 'utf8'));
    const places = { controlSocket: undefined, stateDirectory: undefined, http: undefined, incus: { socket: SOCKET } };
    const azure = { ...config.azure, pat: { file: `/etc/${NAME}/pat` } };
    const text = JSON.stringify({ ...config, ...places, azure, ...settings });
    return { text, stateDirectory: config.stateDirectory };
  }

  async writeConfig(settings: object = {}): Promise<void> {
    await this.host.push(`/etc/${NAME}/config.yaml`, (await this.config(settings)).text);
  }

  mainPid(): Promise<string> {
    return this.host.run(`systemctl show --property=MainPID ${NAME}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host?.[Symbol.asyncDispose]();
    await this.#scenario?.[Symbol.asyncDispose]();
    await this.incus.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true });
  }
}

function started<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the host of the package was not started');
  return part;
}
