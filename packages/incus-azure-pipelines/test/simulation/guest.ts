import type { AzureWorld, Listener } from './azure-world.js';
import type { BaseFault } from './base-faults.js';
import { capabilitiesOf } from './demands.js';
import type { Fault } from './faults.js';
import type { IncusWorld } from './incus-world.js';
import type { Random } from './random.js';
import type { Timeline } from './timeline.js';

/** The guest gives up on its own registration after this long. */
const REGISTRATION_LIMIT_MS = 35_000;

export interface GuestWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly incus: IncusWorld;
  readonly azure: AzureWorld;
  /** Jobs end when they are told to, and not by themselves. */
  /** Jobs take no longer, those that are held for ever (ms); undefined where most take up to 20 s, and a few up to 90. */
  readonly longestJobMs: () => number | undefined;
  /** Whether a fault hits the guest now; it counts where it does. */
  readonly suffers: (guest: Guest, rate: 'guestStuck' | 'keyStolen', fault: Fault) => boolean;
  /** Somebody else takes a job with its key. */
  readonly robberTook: (guest: Guest) => void;
  /** What is wrong with the base that it is a copy of. */
  readonly baseFault: BaseFault | undefined;
}

/** What runs inside one instance, from its boot to its power-off. */
export class Guest implements Listener {
  readonly #world: GuestWorld;
  readonly name: string;
  readonly capabilities: Readonly<Record<string, string>>;
  /** The agent pool that it registers in. */
  key: string;
  agentId: number | undefined;
  listening = false;
  wasOnline = false;
  /** It took a job and has not ended it. */
  working = false;
  /** When it took its job. */
  workingSince: number | undefined;
  /** It has had its life as an agent. */
  over = false;
  /** It told a lie, or was hidden, so that a daemon may take it for what it is not. */
  isMistakable = false;
  /** Its place may be given away though it lives: a daemon has taken it for one that does not, or nothing may ever start it. */
  excused = false;
  jobs = 0;
  /** When it was made by the last call of a daemon that was dead by then: nobody could count on it (epoch ms). */
  lateAt = Number.NEGATIVE_INFINITY;
  /** A person has enabled its agent again. */
  isMeddledWith = false;
  /** It could not register its agent. */
  gaveUp = false;
  /** Somebody else has its key, and listens with it. */
  robbed = false;
  /** It has said Ready, whether anybody heard it or not. */
  isPrepared = false;
  /** Something kept the host from asking it again, or from hearing its answer. */
  isUnasked = false;
  /** Its activation has arrived. */
  isTold = false;
  /** Its job takes the key along: when it ends, somebody listens with it. */
  keyStolen = false;

  constructor(world: GuestWorld, name: string, key: string, pool: string) {
    this.#world = world;
    this.capabilities = capabilitiesOf(pool);
    this.name = name;
    this.key = key;
  }

  /** Boots and, when all is there, says Ready. */
  boot(): void {
    if (this.#isStuck() || this.#world.baseFault === 'never prepared') return;
    this.#in(300, 6_000, () => {
      if (this.#world.baseFault === 'ends in boot') return this.die();
      this.isPrepared = true;
      this.#world.incus.setState(this.name, 'ready');
    });
  }

  /** Says once more that it is prepared, if it is, and if it has not been told who it is since. */
  sayPrepared(): undefined {
    const say = () => {
      if (!this.isTold) this.#world.incus.setState(this.name, 'ready');
    };
    if (this.isPrepared) this.#in(50, 500, say);
  }

  /** The activation has arrived: Started, registered by now, online. */
  activate(): void {
    const { random, incus } = this.#world;
    this.isTold = true;
    const slow = random.chance(0.03);
    if (slow) this.isMistakable = true;
    this.#in(50, slow ? 14_000 : 2_000, () => {
      if (this.#isStuck()) this.isMistakable = true;
      else incus.setState(this.name, 'running');
      const fails = this.#isStuck();
      if (this.#world.baseFault === 'ends at once') return this.end();
      this.#in(500, random.chance(0.05) ? REGISTRATION_LIMIT_MS - 15_000 : 8_000, () => {
        if (fails) this.#giveUp();
        else if (this.#world.baseFault === undefined) this.#start();
        else if (random.chance(0.5)) this.end();
      });
    });
  }

  /** Registers it; what an attempt before has left under its name is deleted. */
  register(enabled = true): number {
    const { azure } = this.#world;
    if (this.agentId !== undefined) azure.remove(this.key, this.agentId);
    this.agentId = azure.register(this.key, this.name, this, { enabled });
    return this.agentId;
  }

  listens(): boolean {
    return this.robbed || (this.listening && this.#world.incus.isAlive(this.name));
  }

  /** Its one job runs; or one runs elsewhere, with the key that the first one stole. */
  received(): void {
    if (this.robbed) {
      const { timeline, random, azure } = this.#world;
      this.#world.robberTook(this);
      timeline.in(random.between(500, 10_000), () => this.agentId && azure.release(this.key, this.agentId, true));
      return;
    }
    this.working = true;
    this.workingSince = this.#world.timeline.now;
    this.jobs += 1;
    this.keyStolen ||= this.#world.suffers(this, 'keyStolen', 'key stolen');
    const usualMs = this.#world.random.chance(0.2) ? 90_000 : 20_000;
    const ms = this.#world.longestJobMs() ?? usualMs;
    if (Number.isFinite(ms)) this.#in(300, ms, () => this.endJob(true));
  }

  endJob(done: boolean): void {
    if (!this.working || this.agentId === undefined) return;
    this.working = false;
    this.#world.azure.release(this.key, this.agentId, done);
    this.end();
  }

  /** The listener has exited: the wrapper says so, waits a little for its log to be collected, and powers off. */
  end(): void {
    if (this.over) return;
    const { agentId } = this;
    const { azure, random, incus } = this.#world;
    this.over = true;
    this.listening = false;
    // One that hangs after its job, its listener too, looks to Azure like one that waits for a job.
    const wasWorking = this.working;
    this.working = false;
    const hangs = this.#isStuck() && this.jobs > 0;
    // A job that it takes along is over when Azure misses it.
    const isMissed = wasWorking || random.chance(0.1);
    if (agentId !== undefined && isMissed) azure.abandon(this.key, agentId);
    else if (agentId !== undefined && !hangs) azure.setOnline(this.key, agentId, false);
    if (this.keyStolen) this.#rob();
    if (hangs) return;
    this.#in(10, 300, () => {
      if (!this.#isStuck()) incus.setState(this.name, 'ready');
      this.#in(200, 3_000, () => this.#isStuck() || this.die());
    });
  }

  /** Azure has deleted its registration: the listener finds out at its next call, and exits. */
  deregistered(): void {
    this.robbed = false;
    if (!this.isTold) return;
    this.over = true;
    this.#in(100, 20_000, () => {
      this.over = false;
      this.end();
    });
  }

  /** The instance goes. */
  die(): void {
    const { incus, suffers } = this.#world;
    incus.die(this.name, () => !suffers(this, 'guestStuck', 'instance not reaped'));
    this.dead();
  }

  /** The instance is no more, however that came. */
  dead(): void {
    this.listening = false;
    this.working = false;
    this.over = true;
    if (this.agentId !== undefined) this.#world.azure.abandon(this.key, this.agentId);
  }

  /** Loses Azure for so long; a job that runs goes on. */
  loseAzure(ms: number): void {
    const { agentId } = this;
    if (agentId === undefined || this.over) return;
    this.listening = false;
    this.#world.azure.setOnline(this.key, agentId, false);
    this.#world.timeline.in(ms, () => this.#listen(agentId));
  }

  /** Rings Ready though a job runs: once, or until its doorbell is taken away. */
  lie(rings: number, everyMs: number): void {
    this.isMistakable = true;
    for (let ring = 0; ring < rings; ring++)
      this.#world.timeline.in(ring * everyMs, () => this.#world.incus.setState(this.name, 'ready'));
  }

  /** A second session is opened with its key, for a while, from wherever. */
  #rob(): void {
    const { azure, timeline, random } = this.#world;
    timeline.in(random.between(50, 5_000), () => {
      const { agentId } = this;
      if (agentId === undefined || azure.find(this.key, agentId) === undefined) return;
      this.robbed = true;
      azure.setOnline(this.key, agentId, true);
      // Some stay for as long as they are let.
      if (random.chance(0.5)) return;
      timeline.in(random.between(5_000, 60_000), () => {
        this.robbed = false;
        azure.abandon(this.key, agentId);
      });
    });
  }

  #giveUp(): void {
    this.gaveUp = this.agentId === undefined;
    this.end();
  }

  #start(): void {
    const agentId = this.agentId ?? this.register();
    if (!this.#isStuck()) this.#in(200, 6_000, () => this.#listen(agentId));
  }

  #listen(agentId: number): void {
    const { azure, incus } = this.#world;
    if (this.over || !incus.isAlive(this.name)) return;
    if (azure.find(this.key, agentId) === undefined) {
      this.end();
      return;
    }
    this.listening = true;
    this.wasOnline = true;
    azure.setOnline(this.key, agentId, true);
  }

  #isStuck(): boolean {
    return this.#world.suffers(this, 'guestStuck', 'guest stuck');
  }

  /** Goes on after a while, if the instance still lives. */
  #in(fromMs: number, toMs: number, then: () => void): void {
    this.#world.timeline.in(this.#world.random.between(fromMs, Math.max(fromMs, toMs)), () => {
      if (this.#world.incus.isAlive(this.name)) then();
    });
  }
}
