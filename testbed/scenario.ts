/** Everything a run of the main job needs, made in an Incus project of its own and taken back whole. */
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildStandInPackage,
  type Emulator,
  type EmulatorOptions,
  type StandInOptions,
  type StandInPackage,
  startEmulator,
} from 'azure-pipelines-emulator';
import { connectIncus, type IncusClient } from 'incus-client';
import { type ConfinedPlace, callSetup, confinedKeys, isConfinedRun, placeImage } from './confined-place.js';
import { DaemonProcess, type Ended, type RunOptions, runProgram } from './daemon-process.js';
import type { ImageFiles } from './image.js';
import { emptyProject, ownerMark, removeProject } from './owned-project.js';
import { makeScenarioDirectory } from './scenario-directory.js';
import { cacheDirectory } from './work-tree.js';

export interface ScenarioOptions {
  readonly socketPath: string;
  /** The host's address on the bridge. */
  readonly gateway: string;
  readonly bridge: string;
  readonly storagePool: string;
  /** Alias of the source image, in the default project unless `imageFiles` are given. */
  readonly image: string;
  /** Imported under that alias into the scenario's own project, which then shares no images with others. */
  readonly imageFiles?: ImageFiles;
  readonly emulator?: EmulatorOptions;
  readonly standIn?: Partial<StandInOptions>;
  /** Keys of the configuration file that differ from the scenario's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the project is one of setup's, and the daemon confined to it. */
  readonly confined?: boolean;
}

/** Without docker, which takes most of a boot; what is about it asks for it. */
const OWN_SETTINGS = {
  agentCount: 2,
  reserve: 0,
  docker: false,
  registration: 'guest',
  azurePollInterval: '1s',
  http: false,
} as const;

/** Starts an emulator beside the guests and makes an Incus project; the daemon is started by the caller. */
export async function startScenario(options: ScenarioOptions): Promise<Scenario> {
  const project = `iap-${randomBytes(3).toString('hex')}`;
  const root = connectIncus({ connection: { kind: 'unix', socketPath: options.socketPath } });
  const directory = await makeScenarioDirectory();
  let emulator: Emulator | undefined;
  try {
    const agentPackage = await standInPackage(options.standIn);
    emulator = await startEmulator({ host: options.gateway, agentPackage, ...options.emulator });
    const confined = options.confined ?? isConfinedRun();
    const keys = confined ? await confinedKeys(root, options.gateway, options.settings) : {};
    const settings = { ...options.settings, ...keys };
    const scenario = new Scenario({ ...options, confined, settings }, project, root, directory, emulator);
    await scenario.place();
    return scenario;
  } catch (error) {
    await emulator?.close();
    try {
      await removeProject(root, project);
    } finally {
      await root.close();
      await rm(directory, { recursive: true });
    }
    throw error;
  }
}

/** By what it is made with; to see that one in the cache is the right one takes reading more than a hundred megabytes. */
const packages = new Map<string, Promise<StandInPackage>>();

function standInPackage(options: Partial<StandInOptions> = {}): Promise<StandInPackage> {
  const key = JSON.stringify(options);
  const known = packages.get(key);
  if (known !== undefined) return known;
  const made = buildStandInPackage({
    cacheDirectory: join(cacheDirectory(), 'stand-in'),
    pollPauseMs: [0, 0],
    ...options,
  });
  packages.set(key, made);
  return made;
}

async function makeProject(root: IncusClient, project: string, options: ScenarioOptions): Promise<void> {
  const { imageFiles, storagePool, bridge } = options;
  const features = { 'features.images': String(imageFiles !== undefined), 'features.profiles': 'true' };
  await root.projects.create({ name: project, config: { ...features, ...ownerMark() } });
  const incus = root.withProject(project);
  await incus.profiles.replace('default', () => ({
    config: {},
    devices: {
      root: { type: 'disk', path: '/', pool: storagePool },
      eth0: { type: 'nic', name: 'eth0', network: bridge },
    },
  }));
  if (imageFiles !== undefined) await placeImage(incus, options.image, imageFiles);
}

export class Scenario implements AsyncDisposable {
  readonly project: string;
  /** Bound to the project. */
  readonly incus: IncusClient;
  readonly emulator: Emulator;
  readonly directory: string;
  readonly configPath: string;
  readonly controlSocket: string;
  readonly #options: ScenarioOptions;
  readonly #root: IncusClient;
  readonly #daemons = new Set<DaemonProcess>();

  constructor(options: ScenarioOptions, project: string, root: IncusClient, directory: string, emulator: Emulator) {
    this.#options = options;
    this.#root = root;
    this.project = project;
    this.incus = root.withProject(project);
    this.emulator = emulator;
    this.directory = directory;
    this.configPath = join(directory, 'config.yaml');
    this.controlSocket = join(directory, 'control.sock');
  }

  /** Makes the project. */
  async place(): Promise<void> {
    const { confined, image, imageFiles } = this.#options;
    if (!confined) await makeProject(this.#root, this.project, this.#options);
    await this.#write({});
    if (!confined) return;
    await callSetup(this.#confinedPlace);
    await placeImage(this.incus, image, imageFiles);
  }

  /** Writes the configuration file anew, and has setup follow it where the daemon is confined. */
  async configure(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#write(settings);
    // A configuration that is meant to be wrong is for the daemon to complain of.
    if (this.#options.confined) await callSetup(this.#confinedPlace).catch(() => undefined);
  }

  get #confinedPlace(): ConfinedPlace {
    return { root: this.#root, socketPath: this.#options.socketPath, configPath: this.configPath };
  }

  /** JSON is YAML. */
  async #write(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const config = {
      ...OWN_SETTINGS,
      projectName: this.project,
      baseImage: `local:${this.#options.image}`,
      stateDirectory: join(this.directory, 'state'),
      controlSocket: this.controlSocket,
      incus: { socket: this.#options.socketPath },
      azure: { pat: this.emulator.token, url: this.emulator.url, pool: 'default' },
      ...this.#options.settings,
      ...settings,
    };
    await writeFile(this.configPath, JSON.stringify(config, undefined, 2), { mode: 0o600 });
  }

  /** Starts the daemon as a process of its own. */
  startDaemon(
    args: readonly string[] = ['run', '--config', this.configPath, '--log-level', 'debug'],
    options: RunOptions = {},
  ): DaemonProcess {
    const daemon = new DaemonProcess(args, options);
    this.#daemons.add(daemon);
    return daemon;
  }

  /** Runs one of the program's verbs that speak to the running daemon. */
  async call(verb: string, ...args: readonly string[]): Promise<Ended> {
    return runProgram([verb, ...args, '--socket', this.controlSocket]);
  }

  /** Instances of the project, bases included. */
  async instanceNames(): Promise<readonly string[]> {
    return (await this.incus.instances.list()).map(instance => instance.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await daemon.end();
    await this.emulator.close();
    try {
      if (this.#options.confined) await this.#removePlace();
      await removeProject(this.#root, this.project);
    } finally {
      await this.#root.close();
      await rm(this.directory, { recursive: true });
    }
  }

  async #removePlace(): Promise<void> {
    await this.#write({});
    await emptyProject(this.#root, this.project);
    await callSetup(this.#confinedPlace, '--remove');
  }
}
