import { opendir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A guest makes as many cgroups below its own as it likes; one with systemd and docker has some dozens. */
const MOST_GROUPS = 1_000;

/** A line of a file that the kernel shows in a control group: `oom_kill` of `memory.events`. */
export interface CountedLine {
  readonly file: string;
  readonly key: string;
}

/**
 * Adds up what the kernel counts in a control group and in each below it, where it counts in each alone. Never too much: what was
 * in a group that is removed, closed to us, or beyond a thousand others, is missed; a zero is told only where all was read.
 */
export async function countInTree(top: string, line: CountedLine): Promise<number | undefined> {
  const waiting = [top];
  let sum = 0;
  let isWhole = true;
  for (let read = 0; read < MOST_GROUPS; read++) {
    const directory = waiting.shift();
    if (directory === undefined) break;
    const room = MOST_GROUPS - read - waiting.length;
    const [count, within] = await Promise.all([countIn(directory, line), groupsIn(directory, room)]);
    sum += count ?? 0;
    isWhole &&= count !== undefined && within.isWhole;
    waiting.push(...within.groups);
  }
  return sum > 0 || (isWhole && waiting.length === 0) ? sum : undefined;
}

/** What the kernel counts in one group; undefined where it shows no such line. */
export async function countIn(directory: string, { file, key }: CountedLine): Promise<number | undefined> {
  const text = await readFile(join(directory, file), 'utf8').catch(() => '');
  const line = text.split('\n').find(candidate => candidate.startsWith(`${key} `));
  const count = /^\S+ (\d+)$/.exec(line ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
}

/** The groups right below one, as many as there is room for; a guest can make millions. */
async function groupsIn(directory: string, room: number): Promise<{ groups: readonly string[]; isWhole: boolean }> {
  const groups: string[] = [];
  try {
    for await (const entry of await opendir(directory)) {
      if (!entry.isDirectory()) continue;
      if (groups.length >= room) return { groups, isWhole: false };
      groups.push(join(directory, entry.name));
    }
    return { groups, isWhole: true };
  } catch {
    return { groups, isWhole: false };
  }
}
