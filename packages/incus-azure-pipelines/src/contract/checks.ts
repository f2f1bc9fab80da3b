/** All that is looked at in a conversation. The order is that of the conversation. */
import { type Answers, memberOf } from './answers.js';
import { type Check, checkOf } from './check.js';
import { isPublicId, RESOURCE_IDS } from './public-ids.js';

const isOpen = true;

const SERVER: readonly Check[] = [
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

const POOL: readonly Check[] = [
  checkOf('pool', 'for the pool by its name', 'every start looks it up', {
    shows: ['value.0.isHosted', 'value.0.poolType', 'value.0.options'],
  }),
  checkOf('pool-of-no-name', 'for a pool that is not there, by name', 'a mistyped pool is told', { shows: ['value'] }),
  checkOf('pool-of-no-number', 'for a pool that is not there, by number', 'a deleted pool is told from an empty one'),
  {
    ...checkOf('may-manage', 'whether the token may manage the pool', '"doctor" tells a missing role by it', {
      isOpen,
    }),
    reads: answers => answers.to('may-manage') && `${answers.said('may-manage')}, ${answers.to('may-manage')?.answer}`,
  },
  checkOf('package', 'for the newest agent', 'a base is built with it', {
    shows: ['value.0.type', 'value.0.platform'],
  }),
  checkOf('job-requests', 'for the jobs that wait or run', '"explain" and the ends of jobs are read from it', {
    shows: ['value'],
  }),
];

const AGENTS: readonly Check[] = [
  checkOf('register', 'to register an agent with a key, disabled', 'so the host registers each agent', {
    shows: ['enabled', 'status', 'maxParallelism', 'authorization.clientId'],
  }),
  {
    ...checkOf('authorization-url', 'where the agent is to sign in', 'guests must reach that host', {
      step: 'register',
    }),
    isOpen,
    isOnlyTold: true,
    reads: answers => textAt(answers, 'register', 'authorization.authorizationUrl'),
  },
  {
    ...checkOf('server-url', 'what the server calls itself', 'agents go to that URL', { step: 'register' }),
    isOpen,
    isOnlyTold: true,
    reads: answers => textAt(answers, 'register', 'properties.ServerUrl.$value'),
  },
  checkOf('registered', 'to read it back', 'an agent that is not seen disabled is never told who it is', {
    step: 'read-registered',
    shows: ['enabled', 'status', 'maxParallelism', 'assignedRequest'],
  }),
  checkOf('client-id-hidden', 'whether reading it shows what it signs in as', 'nothing: nobody relies on it', {
    step: 'read-registered',
    shows: ['authorization.clientId'],
    isOpen,
  }),
  checkOf('found-by-name', 'to list it by its name', 'what an attempt without an answer has left is found so', {
    step: 'find-registered',
    shows: ['value.0.name', 'value.0.systemCapabilities'],
  }),
  checkOf('name-taken', 'to register its name again', 'one name is never two agents', { step: 'register-again' }),
  checkOf('name-taken-in-capitals', 'the same in capitals', 'nothing: our names are in small letters', {
    step: 'register-again-in-capitals',
    isOpen,
  }),
  checkOf('without-key', 'to register an agent without a key', 'a server that answers so always is refused', {
    step: 'register-without-key',
    shows: ['authorization.clientId'],
    isOpen,
  }),
  checkOf('enabled-at-once', 'to enable it, and what is read right after', 'a listening agent takes its place so', {
    step: 'read-enabled',
    after: ['enable'],
    shows: ['enabled', 'maxParallelism'],
  }),
  checkOf('disabled-at-once', 'to disable it, and what is read right after', 'no agent is ended before that is seen', {
    step: 'read-disabled',
    after: ['disable'],
    shows: ['enabled', 'maxParallelism'],
  }),
  checkOf(
    'max-parallelism-left-out',
    'to change it without maxParallelism, and what is read then',
    'all our changes name it',
    {
      step: 'read-short',
      after: ['patch-short'],
      shows: ['maxParallelism'],
    },
  ),
  checkOf('max-parallelism-back', 'to name it again', 'an agent with 0 gets no job', {
    step: 'read-whole',
    after: ['patch-whole'],
    shows: ['maxParallelism'],
  }),
  checkOf('version-left-out', 'to change it without a version of the API', 'all our changes name one', {
    step: 'patch-without-version',
    isOpen,
  }),
  checkOf(
    'agent-of-no-number',
    'for an agent that is not there',
    'an agent that is gone is told from a server that fails',
  ),
];

const TOKENS: readonly Check[] = [
  checkOf(
    'token',
    'for a token of its own, by a signed assertion',
    'so agents sign in without the token of the organisation',
    {
      shows: ['expires_in'],
    },
  ),
  checkOf('assertion-twice', 'the same assertion again', 'nothing: each is new', {
    step: 'token-by-the-same-assertion',
    isOpen,
  }),
  checkOf('wrong-key', 'by another key', 'whoever has no key is nobody', { step: 'token-by-another-key' }),
  checkOf(
    'clock-behind',
    'as if the clock were an hour behind',
    'a wrong clock is told from a wrong key by these words',
    {
      step: 'token-too-late',
      shows: ['error_description', 'errordescription'],
    },
  ),
  checkOf('clock-ahead', 'as if it were an hour ahead', 'the same', {
    step: 'token-too-early',
    shows: ['error_description', 'errordescription'],
  }),
  checkOf('wrong-audience', 'by an assertion for somebody else', 'nothing: it shows how it is refused', {
    step: 'token-for-another',
    isOpen,
  }),
  checkOf('agent-lists', "to list the pool's agents with the agent's token", 'what a job can do with that token', {
    step: 'agent-lists-agents',
    isOpen,
  }),
  checkOf('agent-deletes', 'to delete another agent with it', 'what a job can do with that token', {
    step: 'agent-deletes-another',
  }),
];

const SESSIONS: readonly Check[] = [
  checkOf('poll-of-no-session', 'for messages of a session that never was', 'an agent opens a new one at this answer', {
    isOpen,
  }),
  checkOf('session', 'to listen', 'an agent is online from then on', { shows: ['encryptionKey.encrypted'] }),
  checkOf('online', 'to read the agent then', 'an agent that was online was not made in vain', {
    step: 'read-online',
    shows: ['status', 'enabled'],
  }),
  checkOf('second-session', 'to listen a second time', 'one key is not used in two places', { step: 'session-again' }),
  checkOf('session-of-another', 'to listen as another agent', 'what a job can do with that token', { isOpen }),
  checkOf('empty-poll', 'for a message where there is none', 'agents take both 202 and 204', { step: 'poll', isOpen }),
  {
    ...checkOf('poll-lasts', 'how long such a poll is held', 'agents give up after 100 s', { step: 'poll' }),
    isOpen,
    isOnlyTold: true,
    reads: answers => {
      const found = answers.to('poll');
      return found && (found.afterS === undefined ? 'less than 5 s' : `${found.afterS} s`);
    },
  },
  checkOf('session-closed', 'to listen no more', 'an agent is offline from then on', { isOpen }),
  checkOf('offline', 'to read the agent then', 'offline agents are ended', { step: 'read-offline', shows: ['status'] }),
  checkOf('session-closed-again', 'to end that session again', 'what is gone is taken for gone', { isOpen }),
  checkOf('poll-of-closed-session', 'for its messages', 'an agent opens a new one at this answer', { isOpen }),
];

const END: readonly Check[] = [
  checkOf('delete-while-listening', 'to delete the agent while it listens', 'so an idle agent is ended', {
    step: 'delete',
    isOpen,
  }),
  checkOf('poll-that-is-cut', 'what its waiting poll is answered', 'its guest goes down at this answer', { isOpen }),
  checkOf('deleted', 'to read it then', 'its instance is deleted once this is seen', { step: 'read-deleted' }),
  checkOf('deleted-twice', 'to delete it again', 'what is gone is taken for gone', { step: 'delete-again' }),
  checkOf('poll-of-a-deleted-agent', 'for messages, with the token that it still has', 'a stolen key is void', {
    isOpen,
  }),
  checkOf('token-of-a-deleted-agent', 'for a new token', 'a stolen key is void'),
  {
    name: 'rate-limits',
    steps: [],
    asks: 'which headers told of limits',
    matters: 'the pace of calls follows them',
    isOpen,
    isOnlyTold: true,
    reads: ({ all }) =>
      [...new Set(all.flatMap(({ heads }) => heads.filter(head => /^(?:x-ratelimit-|retry-after)/.test(head))))].join(
        ', ',
      ) || 'none',
  },
];

export const CHECKS: readonly Check[] = [...SERVER, ...POOL, ...AGENTS, ...TOKENS, ...SESSIONS, ...END];

/** What stays open, since it cannot be seen without a job or without Microsoft's own agent, and how it would be. */
export const STILL_OPEN: readonly (readonly [what: string, how: string])[] = [
  ['how the deletion of a busy agent is refused', 'delete an agent while its job runs'],
  [
    'when exactly assignTime, receiveTime and reservedAgent are set',
    'list the job requests while many jobs are queued',
  ],
  ['whether a disabled agent lets a job wait that needs it', 'queue a job while all agents of the pool are disabled'],
  ['whether user capabilities win over system capabilities', 'queue a job whose demand only one of the two meets'],
  ['what autoUpdate: false does to a job that wants a newer agent', 'queue one'],
  ['the spelling of agentShuttingDown, and the name of job metadata messages', "watch Microsoft's own agent do a job"],
];

function resourcesKnown(answers: Answers): string | undefined {
  const listed = answers.at('locations', 'value');
  if (!Array.isArray(listed)) return answers.said('locations');
  const ids = new Set(listed.map(resource => memberOf(resource, 'id')).filter(id => isPublicId(String(id))));
  const absent = Object.entries(RESOURCE_IDS).flatMap(([name, id]) => (ids.has(id) ? [] : [name]));
  return `${answers.said('locations')}, ${absent.length === 0 ? 'all that agents use' : `without ${absent.join(', ')}`}`;
}

function areasKnown(answers: Answers): string | undefined {
  const listed = answers.at('resource-areas', 'value');
  if (!Array.isArray(listed)) return answers.shows('resource-areas', 'value');
  const isThere = listed.some(area => isPublicId(String(memberOf(area, 'id'))));
  return `${answers.said('resource-areas')}, ${isThere ? 'with' : 'without'} the area of agents`;
}

function textAt(answers: Answers, step: string, path: string): string | undefined {
  const value = answers.at(step, path);
  return answers.to(step) === undefined ? undefined : typeof value === 'string' ? value : 'absent';
}
