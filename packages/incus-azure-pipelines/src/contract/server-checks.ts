/** What is looked at of the server and of the agent pool. */
import { type Answers, memberOf } from './answers.js';
import { type Check, checkOf } from './check.js';
import type { Json } from './exchange.js';
import { isPublicId, RESOURCE_IDS } from './public-ids.js';

const isOpen = true;

export const SERVER_CHECKS: readonly Check[] = [
  checkOf('connection-data', 'who the server is', 'agents read it before anything else', { shows: ['instanceId'] }),
  checkOf(
    'connection-data-anonymous',
    'the same, without a credential',
    'an agent begins to sign in at such an answer',
    {
      isOpen,
    },
  ),
  {
    name: 'challenge',
    steps: ['connection-data-anonymous'],
    asks: 'which credentials the server then asks for',
    matters: 'an agent signs in with its key only where it reads Bearer',
    isOpen,
    reads: answers => {
      const heads = answers.to('connection-data-anonymous')?.heads;
      return heads && (heads.filter(head => /^[A-Z]/.test(head)).join(', ') || 'none');
    },
  },
  {
    name: 'locations',
    steps: ['locations'],
    asks: "where the server's resources are",
    matters: 'agents find their routes by these ids',
    reads: resourcesKnown,
  },
  {
    name: 'resource-areas',
    steps: ['resource-areas'],
    asks: 'where the areas of the API are',
    matters: "Microsoft's own clients go where it says",
    isOpen,
    isOnlyTold: true,
    reads: areasKnown,
  },
  checkOf('wrong-token', 'for a pool, with a wrong token', 'a token that is over is told from a server that fails', {
    isOpen,
  }),
  checkOf('wrong-token-page', 'the same, without asking for a plain refusal', 'scripts see this one', { isOpen }),
  checkOf('wrong-bearer', 'for a pool, with a wrong bearer token', 'an agent whose token is over signs in anew', {
    isOpen,
  }),
  checkOf('wrong-bearer-page', 'the same, without asking for a plain refusal', 'agents see this one', { isOpen }),
  checkOf(
    'future-version',
    'for a version of the API that is not there yet',
    'nothing: it shows how a version is refused',
    {
      isOpen,
    },
  ),
];

export const POOL_CHECKS: readonly Check[] = [
  checkOf('pool', 'for the pool by its name', 'every start looks it up', {
    shows: ['value.0.isHosted', 'value.0.poolType', 'value.0.options'],
  }),
  checkOf('pool-of-no-name', 'for a pool that is not there, by name', 'a mistyped pool is told', { shows: ['value'] }),
  checkOf('pool-of-no-number', 'for a pool that is not there, by number', 'a deleted pool is told from an empty one'),
  {
    ...checkOf('may-manage', 'whether the token may manage the pool', '"doctor" tells a missing role by it', {
      isOpen,
    }),
    reads: answers =>
      answers.to('may-manage') &&
      `${answers.said('may-manage')}, ${answers.to('may-manage')?.answer === true ? 'yes' : 'no'}`,
  },
  checkOf('parallel-jobs', 'how many jobs may run at once', 'no agent is made for a job that could not run', {
    shows: ['usedCount', 'resourceLimit.totalCount'],
    isOpen,
  }),
  checkOf('package', 'for the newest agent', 'a base is built with it', {
    shows: ['value.0.type', 'value.0.platform'],
  }),
  checkOf('job-requests', 'for the jobs that wait or run', '"explain" and the ends of jobs are read from it', {
    shows: ['value'],
  }),
];

function resourcesKnown(answers: Answers): string | undefined {
  const listed = answers.at('locations', 'value');
  if (!Array.isArray(listed)) return answers.said('locations');
  const ids = new Set(listed.map(resource => memberOf(resource, 'id')).filter(isPublic));
  const absent = Object.entries(RESOURCE_IDS).flatMap(([name, id]) => (ids.has(id) ? [] : [name]));
  return `${answers.said('locations')}, ${absent.length === 0 ? 'all that agents use' : `without ${absent.join(', ')}`}`;
}

function areasKnown(answers: Answers): string | undefined {
  const listed = answers.at('resource-areas', 'value');
  if (!Array.isArray(listed)) return answers.shows('resource-areas', 'value');
  const isThere = listed.some(area => isPublic(memberOf(area, 'id')));
  return `${answers.said('resource-areas')}, ${isThere ? 'with' : 'without'} the area of agents`;
}

function isPublic(id: Json | undefined): boolean {
  return typeof id === 'string' && isPublicId(id);
}
