import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import { type Emulator, startEmulator } from '../../azure-pipelines-emulator/src/index.js';
import { type LoadedConfig, loadConfig } from '../src/config/load.js';
import { type Daemon, makeDaemon } from '../src/daemon.js';
import { CONTRACT, MARKS } from '../src/model/marks.js';
import { statusOf } from '../src/report/status.js';
import { useConfigFolder } from './config-folder.js';
import { KEY } from './emulated-pool.js';
import { PretendIncus } from './pretend-incus.js';
import { FakeClock } from './simulation/fake-clock.js';
import { TimeLapse } from './time-lapse.js';

export const MINUTE_MS = 60_000;
export const MOST_PER_MINUTE = 20;

/** What is set up before the daemon starts; a base that is ready unless there is to be none. */
interface Beginning {
  readonly agentCount?: number;
  readonly standby?: number;
  readonly registration?: 'guest' | 'host';
  readonly maxConcurrentCreates?: number;
  /** Where the token is read from; it stands in the configuration where nothing is given. */
  readonly tokenFile?: string;
  readonly hasBase?: boolean;
  /** How long an agent has to come online; unless it is given none ever has to. */
  readonly startupGracePeriod?: string;
}

/** A whole daemon between an emulated Azure and a pretended Incus, for minutes that pass in no time. */
class LongRun {
  readonly clock: FakeClock;
  readonly time: TimeLapse;
  readonly emulator: Emulator;
  readonly incus: PretendIncus;
  readonly #folder: ReturnType<typeof useConfigFolder>;
  readonly #stop = new AbortController();
  #daemon: Daemon | undefined;
  #text = '';
  #running: Promise<void> | undefined;

  private constructor(
    folder: ReturnType<typeof useConfigFolder>,
    clock: FakeClock,
    emulator: Emulator,
    incus: PretendIncus,
  ) {
    this.#folder = folder;
    this.clock = clock;
    this.time = new TimeLapse(clock);
    this.emulator = emulator;
    this.incus = incus;
  }

  static async make(folder: ReturnType<typeof useConfigFolder>): Promise<LongRun> {
    const clock = new FakeClock(Date.UTC(2030, 0, 1));
    const incus = await PretendIncus.start(() => clock.now());
    return new LongRun(folder, clock, await startEmulator({ clock, pools: ['default', 'other'] }), incus);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.time.atRest();
    await this.clock.advance(MINUTE_MS);
    await this.#running;
    await this.daemon[Symbol.asyncDispose]();
    await rm(this.#folder.path('state'), { recursive: true });
    await this.incus[Symbol.asyncDispose]();
    await this.emulator.close();
    this.time[Symbol.dispose]();
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error('the daemon has not been started');
    return this.#daemon;
  }

  async begin({
    agentCount = 2,
    standby = agentCount,
    registration = 'guest',
    maxConcurrentCreates = 2,
    tokenFile,
    hasBase = true,
    startupGracePeriod = '24h',
  }: Beginning = {}): Promise<void> {
    const { clock, emulator, incus } = this;
    const { signal } = this.#stop;
    this.#text = `agentCount: ${agentCount}
standby: ${standby}
maxConcurrentCreates: ${maxConcurrentCreates}
baseImage: local:debian
baseMade: true
registration: ${registration}
startupGracePeriod: ${startupGracePeriod}
incus: {socket: ${incus.socketPath}}
stateDirectory: ${this.#folder.path('state')}
azure: {pat: ${tokenFile === undefined ? emulator.token : `{file: ${tokenFile}}`}, url: "${emulator.url}", pool: default}
`;
    this.#daemon = await makeDaemon(await this.#load(this.#text), signal, {
      clock,
      makeKey: async () => KEY,
      random: () => 0,
      readInotifyLimit: async () => 8192,
    });
    if (hasBase) await this.#makeBase();
    this.#running = this.daemon.run(signal);
    await this.time.pass(1_000);
  }

  /** Has the daemon go by another configuration. @throws as the daemon does. */
  async reload(change: (text: string) => string): Promise<void> {
    await this.daemon.reload(await this.#load(change(this.#text)), this.#stop.signal);
  }

  async #load(text: string): Promise<LoadedConfig> {
    return await loadConfig(await this.#folder.write('config.yaml', text));
  }

  async #makeBase(): Promise<void> {
    const { installation, wantedBases } = this.daemon;
    await wantedBases.resolve(this.#stop.signal);
    const [wanted] = wantedBases.readings.values();
    if (!wanted?.known) throw new Error('no base is wanted');
    const marks = { [MARKS.owner]: installation.ownerId, [MARKS.pool]: 'default', [MARKS.contract]: CONTRACT };
    this.incus.put(wanted.value, { ...marks, [MARKS.baseState]: 'ready', [MARKS.baseProven]: 'default' }, 'Stopped');
  }

  /** Begins with everything well, and waits until the pool is whole. */
  async beginWhole(beginning: Beginning = {}): Promise<void> {
    await this.begin(beginning);
    await this.time.until(() => this.isWhole(beginning.standby ?? beginning.agentCount ?? 2), MINUTE_MS);
    await this.time.pass(MINUTE_MS);
  }

  statusNow() {
    const { last } = this.daemon.reconciler;
    if (last === undefined) throw new Error('the daemon has not looked yet');
    return statusOf(this.daemon.spec.pools, last, spec => this.daemon.pools.azureOf(spec));
  }

  /** What the first pool says of the back-off of an action. */
  backOff(action: string) {
    return this.statusNow().pools[0]?.backingOff.find(failure => failure.action === action);
  }

  isWhole(agentCount: number): boolean {
    const [pool] = this.statusNow().pools;
    return pool?.live === agentCount && pool.prepared === 1;
  }

  /** Most calls within any minute that began in this time (epoch ms), to Incus and to Azure. */
  mostPerMinute(from: number, to = Number.POSITIVE_INFINITY): { readonly incus: number; readonly azure: number } {
    const toAzure = this.emulator.calls().filter(({ caller }) => caller === 'organisation');
    const most = (calls: readonly { readonly at: number }[]) => {
      const times = calls.map(({ at }) => at);
      const begun = times.filter(at => at >= from && at <= to);
      return Math.max(0, ...begun.map(at => times.filter(other => other >= at && other < at + MINUTE_MS).length));
    };
    return { incus: most(this.incus.calls), azure: most(toAzure) };
  }

  expectFew(from: number): void {
    const { incus, azure } = this.mostPerMinute(from);
    expect(incus).toBeLessThanOrEqual(MOST_PER_MINUTE);
    expect(azure).toBeLessThanOrEqual(MOST_PER_MINUTE);
  }
}

/** Gives each test of a file a run of its own. */
export function useLongRun(): () => LongRun {
  const folder = useConfigFolder();
  let run: LongRun;
  beforeEach(async () => {
    run = await LongRun.make(folder);
  });
  afterEach(() => run[Symbol.asyncDispose]());
  return () => run;
}
