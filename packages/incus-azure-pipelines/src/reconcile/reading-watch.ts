import type { Emit } from '../model/event.js';
import { asReading, type HostRoom } from '../model/host-room.js';
import { NOT_READ_YET, type Reading } from '../model/observed.js';

/** Tells once when something cannot be read any more, and once when it can be again. */
export class ReadingWatch {
  readonly #emit: Emit;
  readonly #unknown = new Set<string>();
  readonly #since = new Map<string, number>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** `of` names what was read. A first reading that has not come yet is no change. */
  note(of: string, reading: Reading<unknown>): void {
    if (reading.known) {
      if (!this.#since.has(of)) this.#since.set(of, reading.at);
      if (this.#unknown.delete(of)) this.#emit('reading-changed', { of, known: true, error: undefined });
      return;
    }
    this.#since.delete(of);
    if (this.#unknown.has(of) || reading.error === NOT_READ_YET) return;
    this.#unknown.add(of);
    this.#emit('reading-changed', { of, known: false, error: reading.error });
  }

  /** What the host has free; nobody reads it where nothing of it is to stay so. */
  noteRoom(room: HostRoom | undefined): void {
    if (room !== undefined) this.note('what the host has free', asReading(room));
  }

  /** When (epoch ms) the first of the readings began that have come without a break; undefined while it cannot be read. */
  readableSince(of: string): number | undefined {
    return this.#since.get(of);
  }
}
