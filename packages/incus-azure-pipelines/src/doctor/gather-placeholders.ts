import type { AzurePipelinesClient } from 'azure-pipelines-client';
import { findInstallation } from '../lib/installation.js';
import { mayBeEmpty, placeholderName, placeholderOwner } from '../model/placeholder.js';
import type { PoolSpec } from '../model/pool.js';
import { factOf } from './fact-of.js';
import type { Fact, PlaceholderFact } from './facts.js';

export interface PlaceholderQuestion {
  /** The pools of the configuration that are for this agent pool. */
  readonly pools: readonly PoolSpec[];
  readonly stateDirectory: string;
}

/** Looks for the placeholders of this installation in an agent pool: those that its pools need, and those that are there. */
export async function gatherPlaceholders(
  client: Pick<AzurePipelinesClient, 'agents'>,
  poolId: number,
  { pools, stateDirectory }: PlaceholderQuestion,
  signal: AbortSignal,
): Promise<Fact<readonly PlaceholderFact[]>> {
  return await factOf(look(), signal);

  async function look(): Promise<readonly PlaceholderFact[]> {
    const wanting = pools.filter(mayBeEmpty);
    const installation = await findInstallation(stateDirectory).catch(() => undefined);
    if (installation === undefined) {
      if (wanting.length === 0) return [];
      throw new Error(`no daemon has begun in ${stateDirectory}, and the first one registers it`);
    }
    const { owner } = installation;
    const registered = await client.agents.list(poolId, { signal });
    const own = registered.filter(({ name }) => placeholderOwner(name) === owner);
    const wanted = wanting.map((spec): PlaceholderFact => {
      const name = placeholderName(owner, spec.name);
      const found = own.find(one => one.name === name);
      if (found === undefined) return { name, pool: spec.name, state: 'missing' };
      const state = found.status === 'online' ? 'online' : found.enabled === false ? 'disabled' : 'there';
      return { name, pool: spec.name, state };
    });
    const names = new Set(wanted.map(({ name }) => name));
    const others = own.flatMap(({ name }): PlaceholderFact[] => (names.has(name) ? [] : [{ name, state: 'unwanted' }]));
    return [...wanted, ...others];
  }
}
