import { parseArgs } from 'node:util';

/** The measurements, in the order in which they run. */
export const MEASUREMENTS = [
  'replacement',
  'loaded',
  'fill',
  'idle',
  'stand-in',
  'listening',
  'ringing',
  'lying',
  'first-line',
  'bursts',
  'prediction',
  'cold-start',
  'page',
] as const;

export type Measurement = (typeof MEASUREMENTS)[number];

export interface BenchOptions {
  /** Shorter windows and fewer repetitions: to see that all of it works, not for figures. */
  readonly quick: boolean;
  readonly only: readonly Measurement[];
  readonly registration: string;
}

const REGISTRATIONS = ['host', 'guest', 'auto'] as const;

export const USAGE = `usage: npm run bench -- [--quick] [--only NAME]... [--registration MODE]
  --quick              shorter windows, fewer repetitions
  --only NAME          one measurement, may be repeated: ${MEASUREMENTS.join(', ')}
  --registration MODE  who registers agents, as in the configuration file; default host`;

/** Reads the command line. @throws Error whose message says what is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      registration: { type: 'string', default: 'host' },
    },
  });
  const only = values.only.map(name => {
    const known = MEASUREMENTS.find(measurement => measurement === name);
    if (known === undefined) throw new Error(`there is no measurement "${name}"`);
    return known;
  });
  const registration = REGISTRATIONS.find(mode => mode === values.registration);
  if (registration === undefined)
    throw new Error(`--registration ${values.registration} is none of ${REGISTRATIONS.join(', ')}`);
  return { quick: values.quick, only: only.length === 0 ? MEASUREMENTS : only, registration };
}
