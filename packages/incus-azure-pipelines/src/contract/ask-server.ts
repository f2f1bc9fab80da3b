import { NOBODY, type Talk } from './talk.js';

const POOLS = '/_apis/distributedtask/pools?poolName=nobody';

/** Finds the way, and is turned away. */
export async function askServer(talk: Talk): Promise<void> {
  const { signal } = talk;
  await talk.byClient('connection-data', client => client.connectionData({ signal }));
  const connectionData = '/_apis/connectionData?connectOptions=1&lastChangeId=-1&lastChangeId64=-1';
  await talk.ask('connection-data-anonymous', { method: 'GET', path: connectionData, as: 'nobody', apiVersion: null });
  await talk.asOrganisation('locations', {
    method: 'OPTIONS',
    path: '/_apis/distributedtask',
    apiVersion: null,
  });
  await talk.asOrganisation('resource-areas', { method: 'GET', path: '/_apis/ResourceAreas', apiVersion: null });
  await talk.asStranger('wrong-token', 'Basic', { method: 'GET', path: POOLS });
  await talk.asStranger('wrong-token-page', 'Basic', { method: 'GET', path: POOLS, isPlain: false });
  await talk.asStranger('wrong-bearer', 'Bearer', { method: 'GET', path: POOLS });
  await talk.asStranger('wrong-bearer-page', 'Bearer', { method: 'GET', path: POOLS, isPlain: false });
  await talk.asOrganisation('future-version', { method: 'GET', path: POOLS, apiVersion: '99.9' });
}

/** Looks at the pool and at what the server offers. */
export async function askPool(talk: Talk): Promise<void> {
  const { signal } = talk;
  const { agentPool, poolId } = talk.options;
  await talk.byClient('pool', client => client.pools.findByName(agentPool, { signal }));
  await talk.asOrganisation('pool-of-no-name', {
    method: 'GET',
    path: '/_apis/distributedtask/pools?poolName=no%20such',
  });
  await talk.asOrganisation('pool-of-no-number', {
    method: 'GET',
    path: `/_apis/distributedtask/pools/${NOBODY}/agents`,
  });
  await talk.byClient('may-manage', client => client.pools.hasPermissions(poolId, 2, { signal }));
  await talk.byClient('parallel-jobs', client => client.parallelJobs.selfHosted({ signal }));
  await talk.byClient('package', client => client.packages.latest({ platform: 'linux-x64' }, { signal }));
  await talk.byClient('job-requests', client => client.jobRequests.listUnfinished(poolId, { signal }));
}
