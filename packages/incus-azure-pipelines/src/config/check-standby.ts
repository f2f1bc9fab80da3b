/** How many idle agents a pool keeps: as a number, or as a list by the hour. */

import { error, type Finding, type KeyPath, show } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { StandbyEntry } from './standby-schema.js';
import { suggest } from './suggest.js';

/** Checks a pool's standby against its agentCount, and the hours of a list. */
export function checkStandby(pool: PoolEntry): readonly Finding[] {
  const { agentCount, standby } = pool.settings;
  if (standby === undefined) return [];
  const place = (...keys: KeyPath) => pool.path('standby', ...keys);
  if (typeof standby === 'number') return checkNumber(standby, agentCount, place());
  const numbers = standby.flatMap((entry, index) =>
    entry.standby === undefined
      ? [error(place(index, 'standby'), 'is missing', 'write how many idle agents are kept then, such as standby: 2')]
      : checkNumber(entry.standby, agentCount, place(index, 'standby')),
  );
  const hours = standby.flatMap((entry, index) => checkHours(entry, (...keys) => place(index, ...keys)));
  return [...numbers, ...hours, ...checkOtherwise(standby, place)];
}

/** A pool is paused by agentCount: 0 alone, whatever its other keys say. */
function checkNumber(standby: number, agentCount: number | undefined, path: KeyPath): readonly Finding[] {
  if (agentCount === undefined || agentCount === 0) return [];
  if (standby <= agentCount) return [];
  return [
    error(
      path,
      `${standby} idle agents cannot fit into agentCount ${agentCount}`,
      `write at most standby: ${agentCount}, or raise agentCount`,
    ),
  ];
}

function checkHours({ from, timezone, to }: StandbyEntry, place: (...keys: KeyPath) => KeyPath): readonly Finding[] {
  const findings: Finding[] = [];
  if (timezone !== undefined && !isTimezone(timezone)) {
    const near = suggest(timezone, Intl.supportedValuesOf('timeZone'));
    const remedy = near === undefined ? 'write one such as Europe/Berlin, or UTC' : `did you mean "${near}"?`;
    findings.push(error(place('timezone'), `there is no time zone ${show(timezone)}`, remedy));
  }
  if (from !== undefined && from === to)
    findings.push(error(place('to'), `${to} is when they begin, too`, 'leave from and to out for whole days'));
  return findings;
}

/** The list ends with what holds at all other times. */
function checkOtherwise(entries: readonly StandbyEntry[], place: (...keys: KeyPath) => KeyPath): readonly Finding[] {
  const first = entries.findIndex(isAlways);
  if (first < 0)
    return [
      error(
        place(),
        'says nothing of all other times',
        'end the list with an entry that has no days and hours, such as {standby: 1}',
      ),
    ];
  return entries.slice(first + 1).map((_, index) => ({
    ...error(
      place(first + 1 + index),
      'never comes into force, since the entry before it holds at all times',
      'move it up, or delete it',
    ),
    instead: place(first),
  }));
}

function isAlways({ days, from, to }: StandbyEntry): boolean {
  return days === undefined && from === undefined && to === undefined;
}

function isTimezone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
