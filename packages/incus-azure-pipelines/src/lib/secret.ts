/** Text that must not be shown: it prints as `[secret]` wherever it is logged, joined or turned into JSON. */
export class Secret {
  readonly #reveal: () => string;

  constructor(text: string | (() => string)) {
    this.#reveal = typeof text === 'string' ? () => text : text;
  }

  /** The text itself. Call it only where it goes on the wire. */
  reveal(): string {
    return this.#reveal();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
