/** What of its limits an organisation uses. */
import { runningRequests } from '../requests.js';
import { type Call, json, type Route } from '../route.js';

/** Route of the parallel jobs of an organisation. */
export const resourceUsageRoutes: readonly Route[] = [
  { method: 'GET', template: '/_apis/distributedtask/resourceusage', callers: ['organisation'], answer: usage },
];

/** Every pool here is self-hosted and every project private: all else has nothing to run, and no limit. */
function usage({ query, world }: Call): Response {
  const parallelismTag = query.get('parallelismTag') ?? 'Private';
  const isHosted = query.get('poolIsHosted') === 'true';
  const isOurs = parallelismTag.toLowerCase() === 'private' && !isHosted;
  const totalCount = isOurs ? world.settings.parallelJobs : undefined;
  return json({
    usedCount: isOurs ? runningRequests(world.state) : 0,
    usedMinutes: 0,
    resourceLimit: { hostId: world.state.instanceId, parallelismTag, isHosted, totalCount },
  });
}
