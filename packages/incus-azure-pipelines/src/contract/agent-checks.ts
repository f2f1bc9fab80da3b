/** What is looked at of registrations, and of the tokens of agents. */
import type { Answers } from './answers.js';
import { type Check, checkOf } from './check.js';

const isOpen = true;

export const AGENT_CHECKS: readonly Check[] = [
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

export const TOKEN_CHECKS: readonly Check[] = [
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

function textAt(answers: Answers, step: string, path: string): string | undefined {
  const value = answers.at(step, path);
  return answers.to(step) === undefined ? undefined : typeof value === 'string' ? value : 'absent';
}
