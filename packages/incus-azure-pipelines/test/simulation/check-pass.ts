import { knownValue } from '../../src/model/observed.js';
import type { Sight } from '../../src/reconcile/controller.js';
import { checkBases } from './base-promises.js';
import { checkRoom } from './host-room.js';
import { checkPlaceholders } from './placeholders.js';
import { checkDecision, type Decision } from './promises.js';
import { checkHeld, checkQueue } from './queue-promises.js';
import { checkSetbacks } from './setback-promises.js';
import { checkIds, checkSharers } from './shared-ids.js';
import { checkPlaces, checkTruth } from './truth.js';
import type { World } from './world.js';

/** Every promise that holds at each pass of a daemon: of the world as it is, and of what was decided on what the daemon saw. */
export function checkPass(
  decision: Decision,
  sight: Pick<Sight, 'parallelJobs' | 'requests' | 'registrations'>,
  world: World,
): void {
  const agents = knownValue(decision.observed.agents) ?? [];
  checkTruth(world);
  checkIds(world);
  checkDecision(decision);
  checkBases(decision, agents);
  checkSetbacks(decision);
  checkQueue(decision, sight, waitingIn(world));
  checkHeld(decision.observed, sight.requests, world);
  checkRoom(decision);
  checkPlaceholders(decision);
  checkSharers(decision, agents);
  checkPlaces(agents, world);
}

/** Job requests that no agent has. */
function waitingIn({ azure, keys }: World): ReadonlySet<number> {
  const given = new Set(keys.flatMap(key => azure.all(key)).map(({ assigned }) => assigned?.requestId));
  const unfinished = keys.flatMap(key => azure.unfinished(key)).map(({ requestId }) => requestId);
  return new Set(unfinished.filter(requestId => !given.has(requestId)));
}
