import { parseArgs } from 'node:util';

export interface Options {
  readonly worlds: number;
  /** The one world to replay; undefined for many. */
  readonly seed: number | undefined;
  /** Seed of the first of many. */
  readonly from: number;
  readonly mutants: boolean;
  /** All orders of few events, in place of random worlds. */
  readonly interleavings: boolean;
  readonly json: boolean;
}

export const USAGE = `npm run simulate -- [--worlds N] [--from SEED] [--seed SEED | --mutants | --interleavings] [--json]
  --worlds N       random worlds to live through (100000)
  --from SEED      seed of the first of them (1); each further one has the next seed
  --seed SEED      one world once more, exactly, with all that happens in it
  --mutants        show that each planted bug is caught within 2000 worlds
  --interleavings  every order of few events, with time or without in between
  --json           one JSON document in place of tables`;

/** Reads the arguments. @throws Error that says what is wrong with them. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      worlds: { type: 'string', default: '100000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      mutants: { type: 'boolean', default: false },
      interleavings: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { mutants, interleavings, json } = values;
  if ([values.seed !== undefined, mutants, interleavings].filter(Boolean).length > 1)
    throw new Error('--seed, --mutants and --interleavings exclude each other');
  return {
    worlds: wholeNumber('--worlds', values.worlds),
    seed: values.seed === undefined ? undefined : wholeNumber('--seed', values.seed),
    from: wholeNumber('--from', values.from),
    mutants,
    interleavings,
    json,
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number >= 2 ** 31) throw new Error(`${option} ${text}: not a whole number below 2^31`);
  return number;
}
