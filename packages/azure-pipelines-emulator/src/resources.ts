/** The places of the API by the ids under which clients look them up; the ids are fixed, the paths are ours to tell. */

/** One resource and the template of its path. */
export interface Resource {
  readonly id: string;
  readonly area: string;
  readonly name: string;
  /** `{area}` and `{resource}` stand for the two members above; the others are the clients' own names. */
  readonly template: string;
  readonly resourceVersion: number;
}

const POOL = '_apis/{area}/pools/{poolId}';
const PLAN = '{scopeIdentifier}/_apis/{area}/hubs/{hubName}/plans/{planId}';
const RECORD = `${PLAN}/timelines/{timelineId}/records/{recordId}`;

/** The resources that the emulator imitates. */
export const RESOURCES: readonly Resource[] = [
  task('a8c47e17-4d56-4a56-92bb-de7ea7dc65be', 'pools', '_apis/{area}/{resource}/{poolId}'),
  task('e298ef32-5878-4cab-993c-043836571f42', 'agents', `${POOL}/{resource}/{agentId}`),
  task('30ba3ada-fedf-4da8-bbb5-dacf2f82e176', 'usercapabilities', `${POOL}/agents/{agentId}/{resource}`),
  task('8cc1b02b-ae49-4516-b5ad-4f9b29967c30', 'updates', `${POOL}/agents/{agentId}/{resource}`),
  task('134e239e-2df3-4794-a6f6-24f1f19ec8dc', 'sessions', `${POOL}/{resource}/{sessionId}`),
  task('c3a054f6-7a8a-49c0-944e-3a8e5d7adfd7', 'messages', `${POOL}/{resource}/{messageId}`),
  task('fc825784-c92a-4299-9221-998a02d1b54f', 'jobrequests', `${POOL}/{resource}/{requestId}`),
  task('162778f3-4b48-48f3-9d58-436fb9c407bc', 'permissions', `${POOL}/{resource}/{permissions}`),
  task(
    '8ffcd551-079c-493a-9c02-54346299d144',
    'packages',
    '_apis/{area}/{resource}/{packageType}/{platform}/{version}',
    2,
  ),
  task('eae1d376-a8b1-4475-9041-1dfdbe8f0143', 'resourceusage', '_apis/{area}/{resource}', 2),
  task('900fa995-c559-4923-aae7-f8424fe4fbea', 'queues', '{project}/_apis/{area}/{resource}/{queueId}'),
  task('f5f81ffb-f396-498d-85b1-5ada145e648a', 'agentrequests', '{project}/_apis/{area}/queues/{queueId}/{resource}'),
  task('83597576-cc2c-453c-bea6-2882ae6a1653', 'timelines', `${PLAN}/{resource}/{timelineId}`),
  task('8893bc5b-35b2-4be7-83cb-99e683551db4', 'records', `${PLAN}/timelines/{timelineId}/{resource}/{recordId}`),
  task('858983e4-19bd-4c5e-864c-507b59b58b12', 'feed', `${RECORD}/{resource}`),
  task('46f5667d-263a-4684-91b1-dff7fdcf64e2', 'logs', `${PLAN}/{resource}/{logId}`),
  task('557624af-b29e-4c20-8ab0-0399d2204f3f', 'events', `${PLAN}/{resource}`),
  task('7898f959-9cdf-4096-b29e-7f293031629e', 'attachments', `${RECORD}/{resource}/{type}/{name}`),
  {
    id: 'e81700f7-3be2-46de-8624-2eb35882fcaa',
    area: 'Location',
    name: 'ResourceAreas',
    template: '_apis/{resource}/{areaId}',
    resourceVersion: 1,
  },
  {
    id: '00d9565f-ed9c-4a06-9a50-00e7896ccab4',
    area: 'Location',
    name: 'connectionData',
    template: '_apis/{resource}',
    resourceVersion: 1,
  },
];

/** Id of the area that all agent routes belong to. */
export const DISTRIBUTED_TASK_AREA = 'a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd';

function task(id: string, name: string, template: string, resourceVersion = 1): Resource {
  return { id, area: 'distributedtask', name, template, resourceVersion };
}
