/** What throw-away guests show, of each base that a pool uses. */
import type { IncusClient } from 'incus-client';
import { type Clock, systemClock } from '../lib/clock.js';
import type { WayOut } from '../lib/way-out.js';
import type { DaemonSpec } from '../model/pool.js';
import { mostInstances } from '../observe/host-limits.js';
import { isolationObstacle } from '../observe/id-maps.js';
import { instanceCeiling } from '../plan/target.js';
import { checkGuest, checkLeft, getsThrough } from './check-guest.js';
import { checkFirewall } from './check-network.js';
import { factOf } from './fact-of.js';
import type { HostFacts, ProjectFacts } from './facts.js';
import { type Finding, grey } from './finding.js';
import { gatherGuest, type SignIns } from './gather-guest.js';
import { guestSources } from './guest-sources.js';
import { reachedServers } from './reached-servers.js';
import { type GuestSource, removeLeftGuests } from './throw-away-guest.js';

/** What guests are made in and from. */
export interface GuestPlace {
  readonly incus: IncusClient;
  readonly spec: DaemonSpec;
  readonly project: ProjectFacts;
  readonly host: HostFacts;
  readonly wayOut: WayOut;
  readonly sources: readonly GuestSource[];
  /** Why guests have no ids of their own; undefined where they have. */
  readonly isolationOff: string | undefined;
  readonly clock: Clock;
}

type Before = Omit<GuestPlace, 'sources' | 'isolationOff' | 'clock'>;

/** Looks for what guests can be made from. Takes away what doctors before have left, and tells what does not go. */
export async function* findPlace(
  { host, incus, project, spec, wayOut }: Before,
  signal: AbortSignal,
  clock: Clock = systemClock,
): AsyncGenerator<Finding, GuestPlace | undefined> {
  if (project.devices === undefined) {
    yield grey('guest-made', 'there is no project to make one in');
    return undefined;
  }
  // Where they cannot even be listed, no guest can be made either, which is told.
  const old = await factOf(removeLeftGuests(incus, clock, signal), signal);
  yield* checkLeft(old.known ? old.value : [], spec.project);
  const sources = await factOf(guestSources(incus, spec.pools, project, signal), signal);
  if (!sources.known) {
    yield* checkGuest({ ...sources, kind: 'unmade' }, { host, network: project.network, reached: new Map() });
    return undefined;
  }
  if (sources.value.length === 0)
    yield grey('guest-made', 'there is neither a base nor a local image to make one from: "base build"');
  const isolationOff = isolationObstacle(project.isolatedMaps, mostInstances(spec.pools, instanceCeiling));
  return { incus, spec, project, host, wayOut, sources: sources.value, isolationOff, clock };
}

/** Makes one guest after the other, and judges what is seen in it. Tells what is left also when the signal aborts. */
export async function* tryGuests(place: GuestPlace, signIns: SignIns, signal: AbortSignal): AsyncGenerator<Finding> {
  const { clock, host, incus, isolationOff, project, sources, spec, wayOut } = place;
  // One that cannot be read was told of with the configuration.
  const password = await wayOut.password().catch(() => undefined);
  const around = { network: project.network, isolationOff, password, signIns };
  const through: (boolean | undefined)[] = [];
  for (const source of sources) {
    const { guest, left } = await gatherGuest(incus, source, around, signal, clock);
    yield* checkLeft(left, spec.project);
    signal.throwIfAborted();
    // Where Incus is elsewhere, what this host can says nothing of its guests.
    const servers = guest.known && host.isIncusHost ? guest.value.servers : [];
    const reached = await reachedServers(servers, signal);
    through.push(getsThrough(guest, reached));
    // Where there are several, each says which one it is about.
    const about = sources.length === 1 ? '' : `${source.from}: `;
    for (const finding of checkGuest(guest, { host, network: project.network, reached }))
      yield { ...finding, says: `${about}${finding.says}` };
  }
  yield checkFirewall(
    host,
    through.includes(false) ? false : through.find(got => got !== undefined),
    project.network?.name,
  );
}
