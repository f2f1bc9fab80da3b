import { DURATIONS, type Durations } from '../capacity/durations.js';
import { seenPreparation } from '../capacity/seen-preparation.js';
import { RecordFolder } from '../lib/record-folder.js';
import { parseDuration } from '../lib/units.js';
import { UserError } from '../lib/user-error.js';
import type { PoolSpec } from '../model/pool.js';
import type { Death } from '../report/death.js';

/** So that nothing is deleted: this folder is the daemon's. */
const ALL = { most: Number.POSITIVE_INFINITY, mostBytes: Number.POSITIVE_INFINITY, oldestMs: Number.POSITIVE_INFINITY };

/** How long everything takes, and where that is from, in sentences. */
export interface FoundDurations {
  readonly durations: Durations;
  readonly notes: readonly string[];
}

/**
 * How long everything takes: as it is said, else as the records of agents that ended have it, else as with most. Reads only.
 *
 * @throws UserError for what is no duration, and where guests take longer than the pool lets them: they would be made for ever.
 */
export async function capacityDurations(
  { preparing, starting }: { readonly preparing?: string; readonly starting?: string },
  { name, timeouts }: PoolSpec,
  stateDirectory: string,
): Promise<FoundDurations> {
  const seen = preparing === undefined ? seenPreparation(await deathsIn(stateDirectory), name) : undefined;
  const preparingMs = seen ? Math.max(0, seen.ms - DURATIONS.creatingMs) : DURATIONS.preparingMs;
  const durations = {
    ...DURATIONS,
    preparingMs: read('preparing', preparing, preparingMs, timeouts.preparationMs, 'preparationTimeout'),
    startingMs: read('starting', starting, DURATIONS.startingMs, timeouts.startupGraceMs, 'startupGracePeriod'),
  };
  const told = seen && `A guest is prepared ${(seen.ms / 1000).toFixed(1)} s after it is made, as ${seen.count} were.`;
  return { durations, notes: told === undefined ? [] : [told] };
}

function read(option: string, text: string | undefined, fallbackMs: number, mostMs: number, key: string): number {
  const ms = text === undefined ? fallbackMs : parseDuration(text);
  if (ms === undefined) throw new UserError(`--${option} ${text}: is no duration; write 8s, or 1500ms`);
  if (ms >= mostMs) throw new UserError(`--${option}: the pool gives up after ${mostMs / 1000} s; see ${key}`);
  return ms;
}

async function deathsIn(stateDirectory: string): Promise<readonly Death[]> {
  const folder = new RecordFolder<Death>(`${stateDirectory}/deaths`, ALL);
  const deaths = await Promise.all((await folder.names()).map(name => folder.read(name)));
  return deaths.filter(death => death !== undefined);
}
