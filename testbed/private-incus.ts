import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withHostLock } from './host-lock.js';
import { raiseHostSettings } from './host-settings.js';
import type { ImageFiles } from './image.js';
import { incusEnvironment } from './incus-command.js';
import { findIncusd } from './incus-programs.js';
import { startKeeper } from './keeper.js';
import { despitePassingInterfaces } from './passing-interfaces.js';
import { type PrivateIncusOptions, planRun, preseed } from './plan-run.js';
import { endProcess, identifyProcess } from './process-identity.js';
import { runCommand } from './run-command.js';
import { type RunRecord, writeRunRecord } from './run-record.js';
import { removeVeths, sweepAbandonedRuns, takeDown } from './take-down.js';
import { loopDevicesUnder, mountsUnder, networkInterfaces, processesOf } from './traces.js';

/** How a daemon is stopped and started again. */
export interface RestartOptions {
  /** SIGTERM leaves the containers running, SIGPWR is what a host's shutdown sends, SIGKILL is a crash. */
  readonly signal?: 'SIGTERM' | 'SIGKILL' | 'SIGPWR';
  /** Runs between the end of the old daemon and the start of the new one. */
  readonly whileAway?: () => Promise<void>;
}

const readyDeadlineMs = 60_000;
/** How often a daemon is started until its bridge is there. */
const LAUNCHES = 5;
/** What lies on a file system in memory where Incus has a host of its own. */
const RUN_STATE = ['run', 'unix.socket', 'guestapi'];

/**
 * Starts an Incus daemon of its own beside whatever runs on this host, with a storage pool, a bridge with NAT and a
 * default profile that has both. What earlier runs left behind when they were killed is taken down first.
 *
 * @throws Error when the daemon does not come up; nothing is left behind then, nor after an abort.
 */
export async function startPrivateIncus(options: PrivateIncusOptions = {}): Promise<PrivateIncus> {
  options.signal?.throwIfAborted();
  await refuseMountedLxcfs();
  await sweepAbandonedRuns();
  const run = await withHostLock(async () => {
    const planned = await planRun(options);
    await writeRunRecord(planned);
    await raiseHostSettings();
    return planned;
  });
  const incus = new PrivateIncus(run, options);
  try {
    await incus.start();
    return incus;
  } catch (error) {
    await incus[Symbol.asyncDispose]();
    throw error;
  }
}

/** A running private daemon. Disposing takes everything back that was made for it or inside it. */
export class PrivateIncus implements AsyncDisposable {
  readonly directory: string;
  readonly socketPath: string;
  readonly bridge: string;
  /** The address of the host on the bridge; guests reach servers of a test there. */
  readonly gateway: string;
  readonly storagePool = 'default';
  readonly logPath: string;
  readonly #run: RunRecord;
  readonly #options: PrivateIncusOptions;
  #daemon: ChildProcess | undefined;
  #keeper: ChildProcess | undefined;
  #disposed: Promise<void> | undefined;

  constructor(run: RunRecord, options: PrivateIncusOptions) {
    this.directory = run.directory;
    this.socketPath = join(run.directory, 'unix.socket');
    this.bridge = run.bridge;
    this.gateway = run.gateway;
    this.logPath = join(run.directory, 'incusd.log');
    this.#run = run;
    this.#options = options;
  }

  /** The daemon's own pid. It changes with each restart. */
  get pid(): number {
    const pid = this.#daemon?.pid;
    if (pid === undefined) throw new Error(`look up the private Incus in ${this.directory}: it is not running`);
    return pid;
  }

  /** Runs an `incus` command against this daemon and returns what it printed. */
  async incus(args: readonly string[], input?: string): Promise<string> {
    const env = incusEnvironment(this.directory);
    const { signal } = this.#options;
    return runCommand('incus', args, { env, signal, deadlineMs: 120_000, ...(input === undefined ? {} : { input }) });
  }

  /** Imports an image under an alias. */
  async importImage(files: ImageFiles, alias: string): Promise<void> {
    await this.incus(['image', 'import', files.metadata, files.rootfs, '--alias', alias]);
  }

  /** Stops the daemon and starts it again on the same state. */
  async restart(options: RestartOptions = {}): Promise<void> {
    const identity = identifyProcess(this.pid);
    if (identity !== undefined) await endProcess(identity, options.signal ?? 'SIGTERM', 60_000);
    await options.whileAway?.();
    await this.#launchWithNetwork();
  }

  /** Ends all of it at once, guests included, as a host that loses its power, and starts the daemon as the next boot does. */
  async powerCycle(): Promise<void> {
    // The end of a monitor starts forks: a second look.
    for (const _ of ['first', 'second'])
      await Promise.all(processesOf(this.directory).map(found => endProcess(found, 'SIGKILL', 5_000)));
    for (const point of mountsUnder(this.directory)) await runCommand('umount', ['--lazy', point]);
    for (const device of loopDevicesUnder(this.directory)) await runCommand('losetup', ['--detach', device]);
    await removeVeths(this.#run);
    for (const name of RUN_STATE) await rm(join(this.directory, name), { recursive: true, force: true });
    if (networkInterfaces().includes(this.bridge)) await runCommand('ip', ['link', 'delete', this.bridge]);
    await this.#launchWithNetwork();
  }

  /** Makes the directory, the daemon and what its default profile needs. Called once, by whoever made this. */
  async start(): Promise<void> {
    this.#keeper = startKeeper();
    await mkdir(this.directory, { mode: 0o711 });
    await this.#launch();
    const { httpsAddress, isBare } = this.#options;
    if (!isBare) await this.#preseed();
    if (httpsAddress !== undefined) await this.incus(['config', 'set', `core.https_address=${httpsAddress}`]);
  }

  /**
   * Starts the daemon on what is there. Its bridge may stay out at that, for a minute or more, where interfaces of other runs
   * pass meanwhile, as in `despitePassingInterfaces`: it is started once more then, which leaves guests alone.
   */
  async #launchWithNetwork(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.#launch();
      const { status } = JSON.parse(await this.incus(['query', `/1.0/networks/${this.bridge}`])) as { status: string };
      if (status !== 'Unavailable') return;
      if (attempt === LAUNCHES)
        throw new Error(`the bridge of the private Incus does not come up\n${await this.#log()}`);
      const identity = identifyProcess(this.pid);
      if (identity !== undefined) await endProcess(identity, 'SIGTERM', 60_000);
    }
  }

  async #log(): Promise<string> {
    const log = await readFile(this.logPath, 'utf8').catch(() => '');
    return log.slice(-2_000);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= takeDown(this.#run).finally(() => this.#keeper?.stdin?.destroy());
    return this.#disposed;
  }

  async #preseed(): Promise<void> {
    const made = JSON.stringify(preseed(this.#run, this.#options));
    await despitePassingInterfaces(() => this.incus(['admin', 'init', '--preseed'], made));
  }

  async #launch(): Promise<void> {
    const program = findIncusd();
    if (program === undefined)
      throw new Error('start a private Incus: incusd is not installed; run "npm test" as root');
    const errors = await open(join(this.directory, 'incusd.stderr'), 'a');
    const env = { ...incusEnvironment(this.directory), ...this.#options.env };
    const { within = [] } = this.#options;
    const [command, ...args] = [...within, program, '--group', 'root', `--logfile=${this.logPath}`];
    // A group of its own: a Ctrl-C in the terminal is for us, and the daemon must outlive it to be taken down in order.
    const daemon = spawn(command, args, { detached: true, env, stdio: ['ignore', errors.fd, errors.fd] });
    this.#daemon = daemon;
    daemon.once('error', error => void appendFile(this.logPath, `${error.message}\n`).catch(() => undefined));
    daemon.unref();
    await errors.close();
    await this.#waitReady(daemon);
  }

  async #waitReady(daemon: ChildProcess): Promise<void> {
    const ended = new AbortController();
    const onExit = (): void => ended.abort(new Error('the daemon ended'));
    daemon.once('exit', onExit);
    const signal = AbortSignal.any([ended.signal, ...(this.#options.signal ? [this.#options.signal] : [])]);
    try {
      const env = incusEnvironment(this.directory);
      await runCommand('incus', ['admin', 'waitready'], { env, signal, deadlineMs: readyDeadlineMs });
    } catch (cause) {
      this.#options.signal?.throwIfAborted();
      throw new Error(`start a private Incus in ${this.directory}: it did not become ready\n${await this.#log()}`, {
        cause,
      });
    } finally {
      daemon.off('exit', onExit);
    }
  }
}

async function refuseMountedLxcfs(): Promise<void> {
  if (existsSync('/run/systemd/system')) return;
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  if (!mounts.includes(' /var/lib/lxcfs ')) return;
  throw new Error(
    'start a private Incus: lxcfs is mounted and its hook fails where systemd does not run; "umount /var/lib/lxcfs"',
  );
}
