/** What a running job has shown so far. */
import type { JobRequest } from './state.js';
import { type JsonObject, textOf } from './wire/json.js';
import type { World } from './world.js';

/**
 * Adds console lines. With a `startLine` (counted from 1 within the timeline record), lines that came before are left
 * out, so that a worker may send again what it does not know to have arrived.
 */
export function addLines(
  world: World,
  request: JobRequest,
  recordId: string,
  lines: readonly string[],
  startLine: number | undefined,
): void {
  const known = request.lineCounts.get(recordId) ?? 0;
  const fresh = startLine === undefined ? lines : lines.slice(Math.max(known - (startLine - 1), 0));
  if (fresh.length === 0) return;
  markStarted(world, request);
  request.lineCounts.set(recordId, known + fresh.length);
  for (const line of fresh) {
    request.lines.push(line);
    const { id: requestId, name: jobName, agentName } = request;
    const pool = world.poolOf(request).name;
    world.emit({ kind: 'job-line', at: world.clock.now(), pool, requestId, jobName, agentName, line });
  }
  world.changed();
}

/** Merges timeline records into those known, by id, and returns them as they stand; null leaves a member as it was. */
export function mergeRecords(world: World, request: JobRequest, sent: readonly JsonObject[]): readonly JsonObject[] {
  const merged = sent.flatMap(record => {
    const id = textOf(record, 'id')?.toLowerCase();
    if (id === undefined) return [];
    const members = Object.entries(record).filter(([, value]) => value !== null && value !== undefined);
    const whole: JsonObject = { ...request.timeline.get(id), ...Object.fromEntries(members) };
    request.timeline.set(id, whole);
    if (textOf(whole, 'state') !== undefined && textOf(whole, 'state') !== 'pending') markStarted(world, request);
    return [whole];
  });
  world.changed();
  return merged;
}

function markStarted(world: World, request: JobRequest): void {
  request.startedAt ??= world.clock.now();
}
