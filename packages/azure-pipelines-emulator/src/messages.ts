/** Messages to a session: kept until deleted, handed out as often as asked for. */
import type { Message, Session } from './state.js';
import type { World } from './world.js';

/** Puts a message at the end of a session's queue and wakes its polls. Ids rise within a pool. */
export function pushMessage(
  world: World,
  session: Session,
  message: Pick<Message, 'type' | 'body' | 'requestId'>,
): void {
  const pool = world.poolOf(session);
  pool.lastMessageId += 1;
  session.messages = [...session.messages, { ...message, id: pool.lastMessageId, fetched: false }];
  session.bell.ring();
}

/** Forgets a message; one that is gone already is no error. */
export function deleteMessage(world: World, session: Session, messageId: number): void {
  session.messages = session.messages.filter(message => message.id !== messageId);
  world.changed();
}

/**
 * Waits for the oldest message after `lastMessageId`, and leaves it where it is. Gives up when the hold time is over,
 * the session has ended or `signal` is aborted.
 */
export async function pollMessage(
  world: World,
  session: Session,
  lastMessageId: number,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const end = () => over.abort();
  void world.clock.sleep(world.settings.pollHoldMs, until).then(end, () => undefined);
  session.openPolls += 1;
  try {
    while (!until.aborted && world.state.sessions.has(session.id)) {
      const message = session.messages.find(({ id }) => id > lastMessageId);
      if (message !== undefined) {
        message.fetched = true;
        return message;
      }
      await session.bell.wait(until);
    }
    return undefined;
  } finally {
    over.abort();
    session.openPolls -= 1;
    session.lastPollAt = world.clock.now();
    world.changed();
  }
}
