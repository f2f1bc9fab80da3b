/** Makes a throw-away guest, and finds out in it what agents will meet. All that it prints is foreign text. */
import type { IncusClient, InstanceState } from 'incus-client';
import { type Clock, systemClock } from '../lib/clock.js';
import type { DaemonSpec } from '../model/pool.js';
import { addressesOf as leasable } from './check-network.js';
import { factOf } from './fact-of.js';
import type { Fact, GuestDocker, GuestFacts, GuestServer, ProjectFacts } from './facts.js';
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
import { type GuestSource, removeLeftGuests, throwAwayGuest } from './throw-away-guest.js';

const BOOT_MS = 90_000;
const ADDRESS_MS = 20_000;
const LOOK_MS = 500;
const SERVER_MS = 60_000;
const DOCKER_MS = 120_000;
const MOST_BYTES = 16 * 1024;

type Inside = (script: string, deadlineMs: number, ...args: readonly string[]) => Promise<string>;

/** What a guest is made from: the newest base, else an image in this Incus; undefined where there is neither. */
export async function guestSource(
  incus: IncusClient,
  { pools }: Pick<DaemonSpec, 'pools'>,
  { base }: Pick<ProjectFacts, 'base'>,
  signal: AbortSignal,
): Promise<GuestSource | undefined> {
  const [spec] = pools;
  if (spec === undefined) return undefined;
  if (base !== undefined) {
    const source = { type: 'copy', source: base.name, instance_only: true } as const;
    return { source, from: `base ${base.name}`, docker: base.docker, spec };
  }
  // No image is fetched for it: that may take long, and it would stay.
  const { alias, kind } = spec.base.image;
  if (kind !== 'any' && kind !== 'local') return undefined;
  const fingerprint = await incus.images.resolveAlias(alias, { signal });
  if (fingerprint === undefined) return undefined;
  return { source: { type: 'image', fingerprint }, from: `image "${alias}"`, docker: false, spec };
}

/** Makes it, looks, and takes it away again. */
export async function gatherGuest(
  incus: IncusClient,
  source: GuestSource,
  { network, pools }: Pick<DaemonSpec, 'pools'> & Pick<ProjectFacts, 'network'>,
  isolationOff: string | undefined,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Fact<GuestFacts>> {
  await removeLeftGuests(incus, signal);
  const look = async (): Promise<GuestFacts> => {
    await using guest = await throwAwayGuest(incus, source, isolationOff);
    signal.throwIfAborted();
    const inside: Inside = async (script, deadlineMs, ...args) => {
      const command = ['sh', '-c', script, 'sh', ...args];
      // One that hangs has told something, too.
      const told: Uint8Array[] = [];
      const onStdout = (chunk: Uint8Array) => void told.push(chunk);
      await incus.exec(guest.name, { command, onStdout, maxOutputBytes: 0 }, { signal, deadlineMs }).catch(() => {
        signal.throwIfAborted();
      });
      return Buffer.concat(told).subarray(0, MOST_BYTES).toString();
    };
    const addresses = await awaitAddresses(
      () => incus.instances.state(guest.name, { signal }),
      network !== undefined && leasable(network.config) !== undefined,
      clock,
      signal,
    );
    const from = { from: source.from, hasBase: source.source.type === 'copy', addresses };
    // Its boot waits for a network, for minutes, and so does docker.
    if (addresses.length === 0) return { ...from, system: 'starting', failedUnits: [], servers: [], docker: undefined };
    const [system = '', ...failedUnits] = (await inside(bootScript, BOOT_MS)).trim().split('\n');
    const urls = [...new Set(pools.map(pool => pool.azure.url))];
    const servers: GuestServer[] = [];
    for (const url of urls) servers.push(await serverOf(inside, url));
    const docker = source.docker && pools.some(({ base }) => base.docker) ? await dockerIn(inside) : undefined;
    return { ...from, system, failedUnits, servers, docker };
  };
  return await factOf(look(), signal);
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
