/** What is looked at while one job is taken, where somebody queues one. */
import { type Check, checkOf } from './check.js';

const isOpen = true;

export const JOB_CHECKS: readonly Check[] = [
  checkOf('job-queued', 'for the queue, until the job waits in it', 'a pool that scales counts what waits so', {
    shows: ['value.0.demands', 'value.0.assignTime'],
  }),
  checkOf('job-message', 'for a message, until a job comes', 'an agent takes its job so', {
    shows: ['messageType', 'iv'],
  }),
  checkOf(
    'job-assigned',
    'for the requests of the agent, before it has taken the job',
    '"explain" tells from it why a job waits',
    {
      shows: ['value.0.reservedAgent', 'value.0.assignTime', 'value.0.receiveTime'],
      isOpen,
    },
  ),
  checkOf('job-busy', 'to read the agent then', 'no busy agent is ended', { shows: ['assignedRequest', 'enabled'] }),
  checkOf('job-renewed', 'to renew the lock on the job, as its agent', 'without it the job is given up', {
    shows: ['lockedUntil'],
  }),
  checkOf('job-received', 'for the requests of the agent, after that', 'an agent is disabled once this is seen', {
    shows: ['value.0.receiveTime', 'value.0.lockedUntil'],
    isOpen,
  }),
  checkOf('job-message-deleted', 'to take the message off', 'else it comes again', { isOpen }),
  checkOf('delete-busy', 'to delete the agent while it has the job', 'the last guard of a job', { isOpen }),
  checkOf('job-done', 'to end the job, with agentShuttingDown', 'an agent gets no second job', { isOpen }),
  checkOf('job-over', 'for the request then', 'a job is over when this is seen', {
    shows: ['result', 'finishTime'],
    isOpen,
  }),
];
