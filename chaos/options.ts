import { parseArgs } from 'node:util';
import { FAULTS, type FaultKind } from './fault.js';

export interface ChaosOptions {
  readonly seed: number;
  /** For how long faults strike. */
  readonly minutes: number;
  readonly faults: readonly FaultKind[];
  /** Where the logs of all daemons are written, when they are wanted. */
  readonly log: string | undefined;
  readonly json: boolean;
}

export const USAGE = `usage: npm run chaos -- [--seed N] [--minutes M] [--faults NAME,...] [--log FILE] [--json]
  --seed N      draws the same faults once more; any seed when left out
  --minutes M   for how long faults strike; default 10
  --faults ...  only these: ${FAULTS.slice(0, 7).join(', ')},
                ${FAULTS.slice(7).join(', ')}
  --log FILE    writes down what the daemons logged, and the faults among it
  --json        one JSON document in place of tables`;

/** Reads the command line; `anySeed` is the one where none is given. @throws Error whose message says what is wrong. */
export function parseOptions(args: readonly string[], anySeed: number): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '10' },
      faults: { type: 'string', multiple: true, default: [] },
      log: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const seed = values.seed === undefined ? anySeed : Number(values.seed);
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 31)
    throw new Error(`--seed ${values.seed}: not a whole number below 2^31`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error(`--minutes ${values.minutes}: not a number up to 1440`);
  const faults = values.faults.flatMap(names => names.split(',')).map(faultOf);
  return { seed, minutes, faults: faults.length === 0 ? FAULTS : faults, log: values.log, json: values.json };
}

function faultOf(name: string): FaultKind {
  const known = FAULTS.find(fault => fault === name);
  if (known === undefined) throw new Error(`there is no fault "${name}"`);
  return known;
}
