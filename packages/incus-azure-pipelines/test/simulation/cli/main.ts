/** `npm run simulate`: lives through many worlds, and says what happened in them. */
import { coverageOf, coverageTable } from '../coverage.js';
import type { Depth } from '../interleavings.js';
import { KNOWN_WORLDS, mutants } from '../mutants.js';
import { narrate } from '../simulate.js';
import { NOTHING, sumOf } from '../tally.js';
import { scenarioOf, shrink } from '../trial.js';
import { runAll } from './crew.js';
import type { Breach, Errand } from './errand.js';
import { type Options, parseOptions, USAGE } from './options.js';
import { Progress } from './progress.js';
import { breachText, tallyTables } from './report.js';

const WORLDS_PER_ERRAND = 25;
/** A planted bug has to show within so many worlds. */
const WORLDS_PER_MUTANT = 2_000;

/** How deep interleavings are tried beside so many worlds, from the deepest on. */
const DEPTHS: readonly { readonly from: number; readonly depth: Depth }[] = [
  { from: 100_000, depth: 'pauses' },
  { from: 10_000, depth: 'instants' },
];
const PARTS = 200;
const IN_WORDS: Readonly<Record<Depth, string>> = {
  pauses: 'with every combination of pauses between events',
  instants: 'without a pause between events',
  killed: 'without a pause between events, one fault of the two being that the daemon is killed',
};

const options = readOptions();
if (options !== undefined) process.exitCode = (await main(options)) ? 0 : 1;

function readOptions(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

/** Gives back whether all promises were kept. */
function main(given: Options): Promise<boolean> | boolean {
  if (given.seed !== undefined) return replay(given.seed, given.json);
  if (given.mutants) return tryMutants(given.json);
  return tryWorlds(given);
}

function replay(seed: number, json: boolean): boolean {
  const scenario = scenarioOf(seed);
  const { lines, error } = narrate(scenario);
  if (json) print({ seed, scenario, lines, error: error?.message });
  else
    process.stdout.write(
      `${[JSON.stringify(scenario), ...lines, error?.message ?? 'every promise was kept'].join('\n')}\n`,
    );
  return error === undefined;
}

async function tryWorlds({ worlds, from, interleavings, json }: Options): Promise<boolean> {
  const depth = interleavings ? 'pauses' : (DEPTHS.find(({ from: least }) => worlds >= least)?.depth ?? 'killed');
  const total = interleavings ? 0 : worlds;
  const progress = new Progress(total, 'worlds');
  let tally = NOTHING;
  let orders = 0;
  let breach: Breach | undefined;
  for await (const report of runAll([...errands(from, total), ...orderings(depth)])) {
    tally = sumOf(tally, report.tally);
    orders += report.interleavings;
    breach = report.breach;
    progress.show(tally.worlds, orders);
    if (breach) break;
  }
  const shrunken = breach?.seed === undefined ? undefined : shrink(breach.seed);
  const coverage = coverageOf(tally);
  const isCovered = total < WORLDS_PER_MUTANT || coverage.missing.length + coverage.impossible.length === 0;
  if (json)
    print({ tally, interleavings: { depth, count: orders }, coverage, breach: breach && { ...breach, ...shrunken } });
  else if (breach) process.stdout.write(`${breachText(breach, shrunken)}\n`);
  else {
    if (total > 0) process.stdout.write(`${tallyTables(tally)}\n\n${coverageTable(tally, coverage)}\n\n`);
    process.stdout.write(
      `${orders} interleavings of 2 agents, 2 jobs and 2 faults, ${IN_WORDS[depth]}: every promise kept\n`,
    );
  }
  return breach === undefined && isCovered;
}

async function tryMutants(json: boolean): Promise<boolean> {
  const caught = new Map<string, Breach | undefined>();
  const work = mutants.map(({ bug }): Errand => ({ kind: 'mutant', bug, most: WORLDS_PER_MUTANT }));
  for await (const { errand, breach } of runAll(work)) {
    if (errand.kind !== 'mutant') continue;
    caught.set(errand.bug, breach);
    const found = breach ? `world ${breach.seed}: ${breach.promise}` : `NOT in ${WORLDS_PER_MUTANT} worlds`;
    const known = KNOWN_WORLDS[errand.bug];
    const stale =
      known === undefined || known === breach?.seed ? '' : `; world ${known}, known for it, is of no use now`;
    if (!json) process.stdout.write(`${errand.bug.padEnd(44)} ${found}${stale}\n`);
  }
  const missed = mutants.filter(({ bug }) => caught.get(bug) === undefined).length;
  if (json) print(Object.fromEntries(caught));
  else process.stdout.write(`${mutants.length - missed} of ${mutants.length} planted bugs were caught\n`);
  return missed === 0;
}

function* errands(from: number, worlds: number): Generator<Errand> {
  for (let done = 0; done < worlds; done += WORLDS_PER_ERRAND)
    yield { kind: 'worlds', from: from + done, count: Math.min(WORLDS_PER_ERRAND, worlds - done) };
}

function* orderings(depth: Depth): Generator<Errand> {
  for (let part = 0; part < PARTS; part++) yield { kind: 'interleavings', depth, part, parts: PARTS };
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 1)}\n`);
}
