const ATTEMPTS = 5;
/** What `ip` says of an interface that went before it looked, and of one that goes while it does. */
const GONE = /Device "[^"]+" does not exist|RTNETLINK answers: No such device/;

/**
 * Calls Incus for a bridge. It looks at every interface of the host then, one after the other, and fails where one of its
 * list has gone by its turn, as those of guests do when they end; the next attempt meets other ones.
 *
 * @throws what the call throws otherwise, or the fifth time.
 */
export async function despitePassingInterfaces(call: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      return await call();
    } catch (error) {
      const isPassing = error instanceof Error && GONE.test(error.message);
      if (!isPassing || attempt === ATTEMPTS) throw error;
    }
}
