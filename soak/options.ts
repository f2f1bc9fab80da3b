import { parseArgs } from 'node:util';

export interface SoakOptions {
  readonly minutes: number;
}

export const USAGE = `usage: npm run soak -- [--minutes M]
  --minutes M   for how long jobs run; default 30`;

/** Reads the command line. @throws Error whose message says what is wrong. */
export function parseOptions(args: readonly string[]): SoakOptions {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '30' } } });
  const minutes = Number(values.minutes);
  if (!(minutes >= 1 && minutes <= 7 * 24 * 60)) throw new Error(`--minutes ${values.minutes}: not from 1 to 10080`);
  return { minutes };
}
