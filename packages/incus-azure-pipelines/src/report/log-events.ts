import type { Events } from '../lib/events.js';
import type { Logger } from '../lib/log.js';
import type { DaemonEvents } from '../model/event.js';
import { printable, printableLine } from './printable.js';

/** Writes one line for everything the daemon tells: constant message, data beside it. */
export function logEvents(events: Events<DaemonEvents>, log: Logger): void {
  // From then on a job may have written anything into the guest's logs.
  const registered = new Set<string>();
  events.on('phase-changed', ({ agent, from }) => {
    if (agent.phase === 'idle' || agent.phase === 'busy') registered.add(agent.name);
    log.info(
      { pool: agent.pool, agent: agent.name, from, phase: agent.phase, job: jobOf(agent.registration) },
      'phase changed',
    );
  });
  events.on('job-ended', ({ agent, job }) =>
    log.info(
      {
        pool: agent.pool,
        agent: agent.name,
        job: printableLine(job.jobName),
        result: job.result,
        waitedMs: job.waitedMs,
      },
      'job ended',
    ),
  );
  events.on('agent-ended', ({ agent, memoryKills, reason, why }) =>
    log.info({ pool: agent.pool, agent: agent.name, reason, why: printable(why), memoryKills }, 'agent ended'),
  );
  events.on('end-unwritten', ({ agent, error }) =>
    log.warn(
      { pool: agent.pool, agent: agent.name, error: printable(error) },
      'the record of an agent that ended could not be written',
    ),
  );
  events.on('agent-gone', ({ agent }) => {
    registered.delete(agent.name);
    log.info({ pool: agent.pool, agent: agent.name, from: agent.phase }, 'agent gone');
  });
  events.on('action-started', ({ action }) => log.debug({ ...action }, 'action started'));
  events.on('action-ended', ({ action, ms }) => log.info({ ...action, ms }, 'action done'));
  events.on('action-failed', ({ action, error, count, retryAt }) =>
    log[count > 2 ? 'warn' : 'info'](
      {
        ...action,
        error: printable(error instanceof Error ? error.message : String(error)),
        count,
        retryAt: new Date(retryAt).toISOString(),
      },
      'action failed; it will be tried again',
    ),
  );
  events.on('progress', ({ action, progress }) => {
    const { kind, text, ...numbers } = progress;
    const level = kind === 'part' ? 'debug' : 'info';
    log[level]({ pool: action.pool, action: action.kind, ...numbers, text: printable(text) }, 'progress');
  });
  events.on('reading-changed', ({ of, known, error }) =>
    known ? log.info({ of }, 'can be read again') : log.warn({ of, error: printable(error ?? '') }, 'cannot be read'),
  );
  events.on('log-collected', ({ name, pool, text, registrationError }) => {
    log.debug({ pool, agent: name, text: printable(text) }, 'last lines of a finished agent');
    if (registrationError !== undefined && !registered.has(name))
      log.error({ pool, agent: name, error: printable(registrationError) }, 'the agent could not be registered');
  });
  events.on('registration-chosen', ({ pools, mode, refusal }) => {
    if (refusal === undefined) log.info({ pools, mode }, 'it is settled who registers agents');
    else
      log.warn(
        { pools, mode, step: refusal.step, why: printable(refusal.why) },
        mode === 'guest'
          ? 'the server refuses agents that the host has registered; guests register themselves, with the token'
          : 'the server refuses agents that the host has registered, and the configuration asks for it',
      );
  });
  events.on('configuration-taken', ({ changes }) => {
    if (changes.length === 0) log.info('the configuration was read again; nothing has changed');
    for (const change of changes) log.info({ change }, 'the configuration changes');
  });
  events.on('configuration-refused', ({ why }) => {
    for (const text of why.split('\n'))
      log.error({ text: printable(text) }, 'the new configuration is refused; the old one goes on');
  });
  events.on('isolation-off', ({ why }) => log.warn({ why }, 'guests share one range of user ids'));
  const covered = new Map<string, number>();
  events.on('token-covered', ({ pools, since }) => {
    const told = pools.join();
    if (since === undefined || covered.get(told) === since) return;
    covered.set(told, since);
    log.warn({ pools }, 'the token is refused, and the one before it is used as long as it is good');
  });
  events.on('job-overlong', ({ name, pool, dueAt }) =>
    log.warn({ pool, agent: name, endsAt: new Date(dueAt).toISOString() }, 'a job runs too long and will be ended'),
  );
  events.on('doorbell-removed', ({ name, pool }) =>
    log.warn({ pool, agent: name }, 'a guest rang without end and lost its doorbell'),
  );
}

function jobOf(registration: DaemonEvents['phase-changed']['agent']['registration']): string | undefined {
  const job = registration.known ? registration.value?.assigned?.jobName : undefined;
  return job === undefined ? undefined : printableLine(job);
}
