import type { Obstacle } from '../lib/obstacle.js';

/** Green: shown to work. Yellow: works, or was not to be shown, and a person should know. Red: agents fail of it. Grey: not looked at. */
export type Colour = 'green' | 'yellow' | 'red' | 'grey';

/** What one check came to. The texts may hold foreign ones. */
export interface Finding {
  /** Name of the check, the same for ever: `incus-reachable`. */
  readonly check: string;
  readonly colour: Colour;
  readonly says: string;
  /** What to do; only where there is something to do. */
  readonly remedy?: string;
}

export function green(check: string, says: string): Finding {
  return { check, colour: 'green', says };
}

export function yellow(check: string, { what, remedy }: Obstacle): Finding {
  return { check, colour: 'yellow', says: what, remedy };
}

export function red(check: string, { what, remedy }: Obstacle): Finding {
  return { check, colour: 'red', says: what, remedy };
}

/** Not looked at, and why. */
export function grey(check: string, says: string): Finding {
  return { check, colour: 'grey', says };
}
