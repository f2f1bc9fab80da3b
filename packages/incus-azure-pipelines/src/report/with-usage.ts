import type { Usage } from '../lib/instance-usage.js';
import type { StatusDocument } from './status-document.js';

/** The status with what each agent's instance takes, for those of which `usageOf` can tell. */
export async function withUsage(
  status: StatusDocument,
  usageOf: (instance: string) => Promise<Usage | undefined>,
): Promise<StatusDocument> {
  const measured = async <T extends StatusDocument['pools'][number] | StatusDocument['removed'][number]>(pool: T) => {
    const agents = pool.agents.map(async agent => {
      const usage = agent.phase === 'orphan' ? undefined : await usageOf(agent.name);
      return usage === undefined ? agent : { ...agent, usage };
    });
    return { ...pool, agents: await Promise.all(agents) };
  };
  return {
    ...status,
    pools: await Promise.all(status.pools.map(measured)),
    removed: await Promise.all(status.removed.map(measured)),
  };
}
