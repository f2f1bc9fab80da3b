import type { Instance, Project } from 'incus-client';
import { MARKS } from '../model/marks.js';

/** What one installation has in the Incus project. */
export interface Holding {
  readonly ownerId: string;
  readonly agents: number;
  readonly bases: number;
}

/**
 * Who has instances in a full list, and how many; beside them who has set the project up. Whatever lacks the mark of an owner is
 * not ours to count.
 */
export function holdingsIn(
  list: readonly Pick<Instance, 'config'>[],
  project: Pick<Project, 'config'> = { config: {} },
): readonly Holding[] {
  const holdings = new Map<string, Holding>();
  const maker = project.config[MARKS.owner];
  if (maker) holdings.set(maker, { ownerId: maker, agents: 0, bases: 0 });
  for (const { config } of list) {
    const ownerId = config[MARKS.owner];
    if (!ownerId) continue;
    const { agents, bases } = holdings.get(ownerId) ?? { agents: 0, bases: 0 };
    const isBase = config[MARKS.baseState] !== undefined;
    holdings.set(ownerId, { ownerId, agents: agents + Number(!isBase), bases: bases + Number(isBase) });
  }
  return [...holdings.values()].sort((a, b) => b.agents - a.agents);
}
