const ATTEMPTS = 5;

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
      if (attempt === ATTEMPTS || !/Device "[^"]+" does not exist/.test(String(error))) throw error;
    }
}
