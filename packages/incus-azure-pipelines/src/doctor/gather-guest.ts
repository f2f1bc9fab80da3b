/** Makes a throw-away guest, and finds out in it what agents will meet. All that it prints is foreign text. */
import { type IncusClient, type InstanceState, isIncusError } from 'incus-client';
import { type Clock, systemClock } from '../lib/clock.js';
import { addressesOf as leasable } from './check-network.js';
import type { GuestDocker, GuestFact, GuestFacts, GuestServer, ProjectFacts } from './facts.js';
import {
  addressesOf,
  areEnough,
  bootScript,
  dockerScript,
  readDocker,
  readServer,
  serverIn,
  serverScript,
} from './guest-scripts.js';
import { type GuestSource, inThrowAwayGuest, type LeftGuest } from './throw-away-guest.js';

/** For the end of a boot. */
export const BOOT_MS = 90_000;
const ADDRESS_MS = 20_000;
const LOOK_MS = 500;
const SERVER_MS = 60_000;
const DOCKER_MS = 120_000;
const MOST_BYTES = 16 * 1024;

export type Inside = (script: string, deadlineMs: number, ...args: readonly string[]) => Promise<string>;

/** What was seen in a guest, and guests that did not go. */
export interface TriedGuest {
  readonly guest: GuestFact;
  readonly left: readonly LeftGuest[];
}

/** Makes it, looks, and takes it away again, also when the signal aborts; it is told what is left even then. */
export async function gatherGuest(
  incus: IncusClient,
  source: GuestSource,
  network: ProjectFacts['network'],
  isolationOff: string | undefined,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<TriedGuest> {
  const { pools } = source;
  const wantsDocker = pools.some(({ base }) => base.docker);
  const isWithout = !wantsDocker ? 'unwanted' : source.docker ? undefined : 'lacking';
  const look = async (name: string): Promise<GuestFacts> => {
    signal.throwIfAborted();
    const addresses = await awaitAddresses(
      () => incus.instances.state(name, { signal }),
      network !== undefined && leasable(network.config) !== undefined,
      clock,
      signal,
    );
    const from = { from: source.from, hasBase: source.source.type === 'copy', addresses };
    // Its boot waits for a network, for minutes, and so does docker.
    if (addresses.length === 0) return { ...from, system: 'starting', failedUnits: [], servers: [], docker: isWithout };
    const inside = insideOf(incus, name, signal);
    const [system = '', ...failedUnits] = (await inside(bootScript, BOOT_MS)).trim().split('\n');
    const urls = [...new Set(pools.map(pool => pool.azure.url))];
    const servers: GuestServer[] = [];
    for (const url of urls) servers.push(await serverOf(inside, url));
    return { ...from, system, failedUnits, servers, docker: isWithout ?? (await dockerIn(inside)) };
  };
  const { left, seen } = await inThrowAwayGuest(incus, source, isolationOff, look, clock);
  return { guest: seen, left };
}

/** Runs scripts in a guest. One that hangs has told something, too. */
export function insideOf(incus: IncusClient, name: string, signal: AbortSignal): Inside {
  return async (script, deadlineMs, ...args) => {
    const command = ['sh', '-c', script, 'sh', ...args];
    let told = Buffer.alloc(0);
    const onStdout = (chunk: Uint8Array) => {
      if (told.length < MOST_BYTES) told = Buffer.concat([told, chunk]).subarray(0, MOST_BYTES);
    };
    try {
      await incus.exec(name, { command, onStdout, maxOutputBytes: 0 }, { signal, deadlineMs });
    } catch (error) {
      if (!isIncusError(error, 'timeout')) throw error;
    }
    return told.toString();
  };
}

/** Waits until a guest has what it is to have, and no longer than that may take. */
export async function awaitAddresses(
  look: () => Promise<Pick<InstanceState, 'network'>>,
  wantsIpv4: boolean,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly string[]> {
  for (const giveUpAt = clock.now() + ADDRESS_MS; ; ) {
    const addresses = addressesOf(await look());
    if (areEnough(addresses, wantsIpv4) || clock.now() > giveUpAt) return addresses;
    await clock.sleep(LOOK_MS, signal);
  }
}

async function serverOf(inside: Inside, url: string): Promise<GuestServer> {
  const { host, port } = serverIn(url);
  return readServer(host, port, await inside(serverScript, SERVER_MS, host, String(port), url));
}

async function dockerIn(inside: Inside): Promise<GuestDocker> {
  return readDocker(await inside(dockerScript, DOCKER_MS));
}
