/** Which marked frames arrive where: in a guest, or on the host's end of a bridge. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { IncusClient } from 'incus-client';
import { runCommand } from '../../../testbed/run-command.js';
import { polled } from '../polled.js';
import { HOSTILE } from './attack.js';
import type { Forgery, Parties } from './forgery.js';
import { BROADCAST, EXPERIMENTAL, ethernet, mark, type Station, udp } from './frames.js';
import { type Guest, toolPath } from './scene.js';

const PERL = 'perl';

/** Two guests of a bridge. */
export interface Pair extends Parties {
  readonly incus: IncusClient;
  readonly attacker: Guest;
  readonly victim: Guest;
  readonly bridge: string;
}

/** Has the attacker send each forgery, and tells which of them have arrived where they were to. */
export async function arrivals(pair: Pair, forgeries: readonly Forgery[]): Promise<readonly boolean[]> {
  const { attacker, bridge, gateway, incus, victim } = pair;
  await using atVictim = await watchGuest(incus, victim.name);
  await using atHost = await watchBridge(bridge);
  const frames = forgeries.map(({ frame }, n) => frame(pair, `forgery-${n}`));
  // What comes last, and is allowed, says that all before it is through.
  const honest = udp(attacker.address, gateway.address, [9, 53], mark('last'));
  await sendFrom(incus, attacker.name, [...frames, ethernet(gateway.mac, attacker.mac, 0x0800, honest)]);
  await atHost.arrived('last');
  // To all, since the bridge has been lied to about where the victim is.
  await sendFromBridge(bridge, gateway, BROADCAST, 'last');
  await atVictim.arrived('last');
  return forgeries.map(({ reaches }, n) => (reaches === 'host' ? atHost : atVictim).seen.has(`forgery-${n}`));
}

/** Marks that have arrived, from the beginning of the watch on. */
interface Watch extends AsyncDisposable {
  readonly seen: ReadonlySet<string>;
  /** Resolves once a frame with this mark has arrived. */
  arrived(id: string): Promise<void>;
}

/** Watches the NIC of a guest. */
async function watchGuest(incus: IncusClient, instance: string): Promise<Watch> {
  const marks = new Marks();
  const stop = new AbortController();
  const command = ['perl', HOSTILE, 'watch', 'eth0'];
  const onStdout = (chunk: Uint8Array) => marks.take(Buffer.from(chunk).toString());
  const ended = incus
    .exec(instance, { command, onStdout }, { signal: stop.signal, deadlineMs: 120_000 })
    .catch(() => undefined);
  await marks.arrived('watching');
  return marks.until(async () => {
    stop.abort();
    await ended;
  });
}

/** Watches the host's end of a bridge, behind all filters. */
async function watchBridge(bridge: string): Promise<Watch> {
  const marks = new Marks();
  const child = spawn(PERL, [toolPath(), 'watch', bridge], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  createInterface({ input: child.stdout }).on('line', line => marks.take(`${line}\n`));
  await marks.arrived('watching');
  return marks.until(async () => {
    child.kill();
    await ended;
  });
}

/** Sends frames from the NIC of a guest. @throws Error when not all could be sent. */
export async function sendFrom(incus: IncusClient, instance: string, frames: readonly Buffer[]): Promise<void> {
  const stdin = frames.map(frame => `${frame.toString('hex')}\n`).join('');
  const { stdout, stderr } = await incus.exec(instance, { command: ['perl', HOSTILE, 'send', 'eth0'], stdin });
  if (stdout !== `sent ${frames.length}\n`) throw new Error(`${frames.length} frames: ${stdout}${stderr}`);
}

/** Has the attacker send frames, and resolves once something comes back that bears the mark of the last one, `last`. */
export async function answered({ attacker, incus }: Pair, frames: readonly Buffer[]): Promise<void> {
  await using atAttacker = await watchGuest(incus, attacker.name);
  await sendFrom(incus, attacker.name, frames);
  await atAttacker.arrived('last');
}

/** What the host knows of others on a bridge over IPv6, a line for each: its address, and its MAC behind `lladdr`. */
export function neighbours(bridge: string): Promise<string> {
  return runCommand('ip', ['-6', 'neighbour', 'show', 'dev', bridge]);
}

/** Which marks of frames from the host to the victim the attacker sees: `before` it lies, and `after`, as soon as it does. */
export async function drawn({ attacker, bridge, gateway, incus, victim }: Pair): Promise<readonly string[]> {
  await using atAttacker = await watchGuest(incus, attacker.name);
  await sendFromBridge(bridge, gateway, victim.mac, 'before');
  const lie = ethernet(gateway.mac, victim.mac, EXPERIMENTAL, mark('lie'));
  // The victim's next frame tells the bridge the truth again.
  await polled(
    async () => {
      await sendFrom(incus, attacker.name, [lie]);
      await sendFromBridge(bridge, gateway, victim.mac, 'after');
      return atAttacker.seen.has('after');
    },
    seen => seen,
  );
  return [...atAttacker.seen];
}

/** Sends one frame from the host's end of a bridge, where no filter is. */
async function sendFromBridge(bridge: string, gateway: Station, to: string, id: string): Promise<void> {
  const frame = ethernet(to, gateway.mac, EXPERIMENTAL, mark(id));
  await runCommand(PERL, [toolPath(), 'send', bridge], { input: `${frame.toString('hex')}\n` });
}

class Marks {
  readonly seen = new Set<string>();
  readonly #waiting = new Map<string, () => void>();
  #rest = '';

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines.filter(line => line !== '')) {
      this.seen.add(line);
      this.#waiting.get(line)?.();
    }
  }

  async arrived(id: string): Promise<void> {
    if (this.seen.has(id)) return;
    await new Promise<void>(resolve => this.#waiting.set(id, resolve));
  }

  until(stop: () => Promise<void>): Watch {
    return { seen: this.seen, arrived: id => this.arrived(id), [Symbol.asyncDispose]: stop };
  }
}
