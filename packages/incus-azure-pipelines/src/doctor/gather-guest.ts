/** Makes a throw-away guest, and finds out in it what agents will meet. All that it prints is foreign text. */
import { type IncusClient, type InstanceState, isIncusError } from 'incus-client';
import { type GuestProxy, wayOutScript } from '../execute/guest/way-out.js';
import { type Clock, systemClock } from '../lib/clock.js';
import { proxyOf } from '../lib/no-proxy.js';
import type { Secret } from '../lib/secret.js';
import type { ProxySpec } from '../model/proxy.js';
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

export interface GuestSurroundings {
  readonly network: ProjectFacts['network'];
  /** Why guests have no ids of their own; undefined where they have. */
  readonly isolationOff: string | undefined;
  /** That of the proxies' user. */
  readonly password: Secret | undefined;
  readonly signIns: SignIns;
}

/** By `azure.url`: scheme, host and port at which agents of that server sign in. */
export type SignIns = ReadonlyMap<string, string>;

/** Makes it, looks, and takes it away again, also when the signal aborts; it is told what is left even then. */
export async function gatherGuest(
  incus: IncusClient,
  source: GuestSource,
  { isolationOff, network, password, signIns }: GuestSurroundings,
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
    const proxy = pools.find(pool => pool.proxy !== undefined)?.proxy;
    if (proxy !== undefined) await tellWayOut(incus, name, { spec: proxy, password }, signal);
    const urls = [...new Set(pools.map(pool => pool.azure.url))];
    const servers: GuestServer[] = [];
    for (const url of urls) servers.push(await serverOf(inside, url, proxy));
    for (const signIn of signInsElsewhere(urls, signIns))
      servers.push({ ...(await serverOf(inside, signIn, proxy)), signIn });
    return { ...from, system, failedUnits, servers, docker: isWithout ?? (await dockerIn(inside)) };
  };
  const { left, seen } = await inThrowAwayGuest(incus, source, isolationOff, look, clock);
  return { guest: seen, left };
}

/** Where agents of these servers sign in, each once; without what is tried as the server itself. */
export function signInsElsewhere(urls: readonly string[], signIns: SignIns): readonly string[] {
  const tried = new Set(urls.map(url => new URL(url).origin));
  return [...new Set(urls.flatMap(url => signIns.get(url) ?? []))].filter(origin => !tried.has(origin));
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

/** As an agent is told of the proxies: what comes on standard input is shown to nobody. */
async function tellWayOut(incus: IncusClient, name: string, proxy: GuestProxy, signal: AbortSignal): Promise<void> {
  const script = wayOutScript({ proxy, trusts: false })?.reveal() ?? '';
  await incus.exec(
    name,
    { command: ['bash', '-s'], stdin: script, maxOutputBytes: 0 },
    { signal, deadlineMs: DOCKER_MS },
  );
}

/** Where a proxy leads to the server, it is the proxy that has to be found. */
async function serverOf(inside: Inside, url: string, proxy: ProxySpec | undefined): Promise<GuestServer> {
  const { host, port } = serverIn(proxyOf(new URL(url), proxy) ?? url);
  return readServer(host, port, await inside(serverScript, SERVER_MS, host, String(port), url));
}

async function dockerIn(inside: Inside): Promise<GuestDocker> {
  return readDocker(await inside(dockerScript, DOCKER_MS));
}
