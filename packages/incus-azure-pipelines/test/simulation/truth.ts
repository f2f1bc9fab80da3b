/** What holds in truth, whatever the daemon sees of it. */
import { type Agent, isLive } from '../../src/model/agent.js';
import type { Guest } from './guest.js';
import { promised } from './promises.js';
import type { World } from './world.js';

/** What it takes to disable an agent from the reading that shows its job: slow and lagging lists, a pass, and a call. */
const FENCE_MS = 20_000;

/** For so long the last call of a dead daemon may be the reason that there is one too many. */
const LATE_MS = 240_000;

function isLate({ lateAt }: Guest, { timeline }: World): boolean {
  return timeline.now - lateAt < LATE_MS;
}

/** What has to hold at every moment, whatever the readings show. */
export function checkTruth(world: World): void {
  const live = new Map<string, number>();
  const there = new Map<string, number>();
  for (const { name, pool, activatedAt, listeningAt } of world.incus.instances.values()) {
    const guest = world.guests.get(name);
    if (guest?.key === world.keyOf(pool) && !isLate(guest, world)) there.set(pool, (there.get(pool) ?? 0) + 1);
    promised(
      listeningAt === undefined || guest?.isTold !== true || !world.isEnabled(name),
      'in truth an agent that may be given a job is no part of the reserve any more',
      () => name,
    );
    promised((guest?.jobs ?? 0) <= 1, 'in truth each agent has one job', () => name);
    const isCounted = guest?.key === world.keyOf(pool) && !guest.over && !guest.excused;
    if (activatedAt !== undefined && listeningAt === undefined && isCounted) live.set(pool, (live.get(pool) ?? 0) + 1);
  }
  for (const { name, reserve } of world.desired) {
    const most = world.most.get(name) ?? 0;
    const ceiling = most + reserve + Math.max(1, Math.floor(most / 2));
    const count = there.get(name) ?? 0;
    promised(
      count <= ceiling,
      'in truth instances stay within their ceiling',
      () => `${count} > ${ceiling} in ${name}`,
    );
  }
  for (const [pool, count] of live)
    promised(
      count <= (world.most.get(pool) ?? 0),
      'in truth no more agents than agentCount live',
      () => `${count} in ${pool}`,
    );
}

/**
 * Whoever has the key of an agent gets a second job only while the first sign of its own is young, or while something has lately
 * kept the daemon from seeing it; where nobody reads the agent pool, nobody can tell.
 */
export function checkSecondJob({ agentId, key, name, workingSince }: Guest, world: World): void {
  const { azure, chronicle, desired, removed, scenario, timeline } = world;
  if (!desired.some(spec => !removed.has(spec.name) && world.keyOf(spec.name) === key)) return;
  const seenFrom = Math.max(workingSince ?? 0, chronicle.hinderedAt, azure.hiddenUntil(agentId));
  const ms = timeline.now - seenFrom;
  promised(ms <= FENCE_MS + scenario.azurePollMs, 'in truth nobody gets a second job with the key of an agent', () => {
    return `${name} after ${ms} ms`;
  });
}

/**
 * Nobody takes the place of an agent that is at work, but for one whose guest has lied. Who can be mistaken counts until the
 * picture of a daemon shows the mistake: then its place may be given away, for good.
 */
export function checkPlaces(agents: readonly Agent[], world: World): void {
  for (const { name, phase } of agents) {
    const guest = world.guests.get(name);
    if (guest === undefined) continue;
    const isAtWork = guest.working && !guest.isMistakable;
    promised(phase !== 'finished' || !isAtWork, 'in truth who is taken for finished is not at work', () => name);
    if (guest.isMistakable && !isLive(phase)) guest.excused = true;
  }
}

/** A person let jobs be ended that run for so long: only those, and not without a word before. */
export function checkOverlong({ name, workingSince }: Guest, { scenario, timeline, warned }: World): void {
  const ran = timeline.now - (workingSince ?? timeline.now);
  const allowed = scenario.maxJobMs !== undefined && ran >= scenario.maxJobMs && warned.has(name);
  promised(allowed, 'no job is ended before its time', () => `${name} after ${ran} ms`);
}
