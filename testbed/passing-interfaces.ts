const ATTEMPTS = 5;
/** What `ip` says of an interface that went before it looked, and of one that goes while it does. */
const GONE = /Device "[^"]+" does not exist|RTNETLINK answers: No such device/;

/**
 * Calls Incus for a bridge. It looks at every interface of the host then, and fails where one has gone by its turn, as
 * those of guests that end do; the next attempt meets other ones. The program has one of its own, which it shows to nobody.
 *
 * @throws what the call throws otherwise, or the fifth time.
 */
export async function despitePassingInterfaces(call: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++)
    try {
      await call();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !GONE.test(String(error))) throw error;
    }
}
