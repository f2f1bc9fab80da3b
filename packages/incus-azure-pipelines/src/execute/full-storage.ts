import { IncusError, isIncusError } from 'incus-client';

/**
 * Waits for work that takes room in the storage pool. Where that is full, Incus answers with the command or the file that
 * met the end of it; the error then says what a person needs instead.
 */
export async function needingRoom(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isIncusError(error) || !/no space left on device|disk quota exceeded/i.test(error.message)) throw error;
    const tried = error.message.split(': ', 1)[0];
    const remedy = 'enlarge it, or delete what is not needed; it is tried again by itself';
    throw new IncusError(error.kind, `${tried}: the storage pool is full (no space left on device); ${remedy}`, {
      cause: error,
    });
  }
}
