import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions as benchOptions } from '../bench/options.js';
import { parseOptions as chaosOptions } from '../chaos/options.js';
import { parseOptions as simulationOptions } from '../packages/incus-azure-pipelines/test/simulation/cli/options.js';
import { parseOptions as soakOptions } from '../soak/options.js';
import { type Block, blocksOf, commandsIn, commandsInText, isUntried, told } from '../testbed/told-commands.js';
import { UNTRIED } from '../testbed/untried-commands.js';

const ROOT = join(import.meta.dirname, '..');
const FOREIGN = new Set(['node_modules', 'dist', 'bundle', 'build', '.git', '.cache', 'results']);
/** What may stand behind a fence: commands, a script, and what holds none. */
const LANGUAGES = new Set(['sh', 'bash', 'yaml', 'yml', 'ini', 'ts', '']);

function filesUnder(folder: string, suffix: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap(entry => {
    if (FOREIGN.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path, suffix);
    return entry.name.endsWith(suffix) ? [path] : [];
  });
}

const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const documents = ['README.md', 'CONTRIBUTING.md', ...filesUnder('docs', '.md'), ...filesUnder('packages', '.md')];
const blocks = documents.flatMap(path => blocksOf(path, textOf(path)));

/** Whether a test takes the n-th command of a block. */
type Takes = (n: number) => boolean;

/**
 * What tests take of blocks, as the text of their calls has it: all of a script, and of lines those that get a name, an index, or
 * go through a loop. A test that names a line makes use of it: the linter sees to that.
 *
 * @throws Error where the text of a call does not tell.
 */
function callsIn(code: string): readonly (readonly [block: string, takes: Takes])[] {
  return [...code.matchAll(/\btold\(\s*'([^']+)'(?:,\s*(\d+))?,?\s*\)/g)].map(match => {
    const behind = code.slice(match.index + match[0].length);
    const before = code.slice(0, match.index);
    const block = /const (\w+) = $/.exec(before)?.[1];
    const takes = takenBy(before, behind) ?? (block === undefined ? undefined : takenOf(block, behind));
    if (takes === undefined) throw new Error(`which commands does ${match[0]} take?`);
    return [`${match[1]} ${match[2] ?? 0}`, takes] as const;
  });
}

function takenOf(block: string, behind: string): Takes | undefined {
  const use = new RegExp(`\\b${block}(?=\\.(?:lines|script)\\()`).exec(behind);
  return use === null ? undefined : takenBy(behind.slice(0, use.index), behind.slice(use.index + block.length));
}

function takenBy(before: string, behind: string): Takes | undefined {
  if (/^\s*\.script\(/.test(behind)) return () => true;
  const [, index] = /^\s*\.lines\(\d+\)\[(\d+)\]/.exec(behind) ?? [];
  if (index !== undefined) return n => n === Number(index);
  if (/for \(const \w+ of $/.test(before)) return () => true;
  const [, names] = /const \[([^\]]*)\] = $/.exec(before) ?? [];
  if (names === undefined) return undefined;
  const places = names.split(',').map(name => name.trim());
  const rest = places.findIndex(name => name.startsWith('...'));
  return n => (rest !== -1 && n >= rest) || /^[a-z]/.test(places[n] ?? '');
}

const called = ['test', 'packages', 'chaos', 'soak', 'demo']
  .flatMap(folder => filesUnder(folder, '.ts'))
  .filter(path => path !== relative(ROOT, import.meta.filename))
  .filter(path => textOf(path).includes('/told-commands.js'))
  .flatMap(path => callsIn(textOf(path)));

/** Commands that no test takes, and that no reason excuses. */
function untold(all: readonly Block[], calls: ReturnType<typeof callsIn>): readonly string[] {
  const seen = new Map<string, number>();
  return all.flatMap(block => {
    if (commandsIn(block).length === 0) return [];
    const nth = seen.get(block.place) ?? 0;
    seen.set(block.place, nth + 1);
    const place = `${block.place} ${nth}`;
    const taken = calls.flatMap(([called, takes]) => (called === place ? [takes] : []));
    const commands = commandsIn(block).filter(command => !isUntried(command));
    return commands.filter((_, n) => !taken.some(takes => takes(n))).map(command => `${place}: ${command}`);
  });
}

test('every command that a document tells is taken up by a test, or has the reason why not', () => {
  expect(blocks.flatMap(commandsIn).length).toBeGreaterThan(70);
  expect(untold(blocks, called)).toEqual([]);
});

/** A verb of the program alone is its name; the test of the documents has the program tell whether it is one. */
const VERB = /^incus-azure-pipelines (?:--)?[a-z]+$/;

/** Commands in sentences that neither are, nor begin, one of a block, where tests take them up. */
function untoldInText(markdown: string, inBlocks: readonly string[]): readonly string[] {
  const isTold = (command: string) => VERB.test(command) || inBlocks.some(told => `${told} `.startsWith(`${command} `));
  return commandsInText(markdown).filter(command => !isTold(command) && !isUntried(command));
}

/** What is written from the program tells what that says, and is held to it; decisions and recordings tell what was done. */
const guides = documents.filter(path => !/^docs\/(?:reference|decisions)\/|\/testdata\//.test(path));

test.each(guides)('every command in a sentence of %s is one of a block, or has the reason why not', path => {
  expect(untoldInText(textOf(path), blocks.flatMap(commandsIn))).toEqual([]);
});

test.each([
  ['one that stands in no block', 'Call `npm uninstall x` then.', ['npm uninstall x']],
  ['one over two lines', 'Call `npm\nuninstall x` then.', ['npm uninstall x']],
  ['one of two', '| `npm ci && incus list` | lists |', ['incus list']],
  ['one with a variable before it', '`A=1 npm start`', ['A=1 npm start']],
  ['one that is only like one of a block', '`npm c`', ['npm c']],
  ['nothing where a block has it', '`npm ci`, and `incus admin init`', []],
  ['nothing that is no call', '`incus`, `incus-admin`, `apt-get`, `install.md`', []],
  ['nothing in blocks', '```sh\nnpm start `npm stop`\n```', []],
])('finds in sentences %s', (_, markdown, found) => {
  expect(untoldInText(markdown, ['npm ci', 'incus admin init --auto'])).toEqual(found);
});

test('every block says by its language whether it holds commands', () => {
  expect(blocks.filter(({ language }) => !LANGUAGES.has(language))).toEqual([]);
  const others = blocks.filter(block => commandsIn(block).length === 0);
  expect(others.filter(({ text }) => /^\s*(?:npm|npx|apt-get|systemctl|incus|sudo|cp|curl) /m.test(text))).toEqual([]);
});

const THREE = '# T\n```sh\na\nb\nc\n```\n';

test.each([
  ['a command that nobody runs', '# T\n```sh\necho one\n```\n', '', ['x.md#t 0: echo one']],
  ['one of two blocks', '# T\n```sh\na\n```\n```sh\nb\n```\n', "told('x.md#t').script()", ['x.md#t 1: b']],
  ['the parts of a line', '# T\n```sh\nnpm ci && other  # why\n```\n', '', ['x.md#t 0: other']],
  ['a script', '# T\n```bash\n#!/bin/bash\ntrue\n```\n', '', ['x.md#t 0: #!/bin/bash\ntrue\n']],
  ['nothing where all is run', '# T\n```sh\na\n```\n```yaml\nb: c\n```\n', "told('x.md#t').script()", []],
  ['a line without a name', THREE, "const [a, , c] = told('x.md#t').lines(3);", ['x.md#t 0: b']],
  ['lines beside an index', THREE, "run(told('x.md#t').lines(3)[1]);", ['x.md#t 0: a', 'x.md#t 0: c']],
  ['a line before the rest', THREE, "const [, ...rest] = told('x.md#t').lines(3);", ['x.md#t 0: a']],
  ['nothing where a loop runs all', THREE, "for (const line of told('x.md#t').lines(3)) run(line);", []],
  [
    'a line of a block that has a name',
    THREE,
    "const all = told('x.md#t');\nconst [a, b] = all.lines(3);",
    ['x.md#t 0: c'],
  ],
  [
    'what another test takes',
    THREE,
    "const [a] = told('x.md#t').lines(3);\nconst [, b, c] = told('x.md#t').lines(3);",
    [],
  ],
])('finds %s', (_, markdown, code, found) => {
  expect(untold(blocksOf('x.md', markdown), callsIn(code))).toEqual(found);
});

test('refuses a call that does not tell what it takes', () => {
  expect(() => callsIn("run(told('x.md#t').lines(3));")).toThrow("which commands does told('x.md#t') take?");
});

test('refuses a command of several lines, and a block without an end', () => {
  expect(() => commandsIn({ place: 'x.md#t', language: 'sh', text: 'a \\\n  b' })).toThrow('more than a line');
  expect(() => blocksOf('x.md', '```sh\na\n')).toThrow('the last block has no end');
});

test('gives a test all commands of a block, and takes no value that has no place', () => {
  const block = told('docs/how-to/operate.md#empty-a-pool-or-the-host');
  expect(block.script()).toMatch(/^set -e\nincus-azure-pipelines drain\n/);
  expect(() => block.lines(1)).toThrow('has 3 commands, and 1 are run');
  expect(() => block.script({ NAME: 'one' })).toThrow('does not speak of NAME');
  expect(() => told('README.md#nowhere')).toThrow('README.md#nowhere has no 1. block of commands');
});

const untried = UNTRIED.flatMap(({ commands }) => commands);

test('every command that is excused stands in a document', () => {
  const all = [...blocks.flatMap(commandsIn), ...documents.flatMap(path => commandsInText(textOf(path)))];
  expect(untried.filter(command => !all.includes(command))).toEqual([]);
});

test('what is excused because .ci/run does it, is done there', () => {
  const { scripts } = JSON.parse(textOf('package.json'));
  const done = textOf('.ci/run').replaceAll(/^npm run check$/gm, script => `${script}\n${scripts.check}`);
  const commands = UNTRIED.find(({ why }) => why.startsWith('.ci/run'))?.commands ?? [];
  expect(commands).toHaveLength(4);
  for (const command of commands) expect(done.replaceAll('--silent ', '')).toContain(command);
});

test('what is told of vitest names files and tests that are there', () => {
  const calls = untried.filter(command => command.includes('npx vitest run'));
  expect(calls.length).toBeGreaterThan(4);
  for (const call of calls) {
    expect(textOf('vitest.config.ts')).toContain(`name: '${/--project (\w+)/.exec(call)?.[1]}'`);
    for (const [path] of call.matchAll(/(?:packages|test)\/\S+/g)) {
      expect(existsSync(join(ROOT, path)), path).toBe(true);
      for (const [, name = ''] of call.matchAll(/ -t '(.+)'/g)) expect(textOf(path)).toContain(name);
    }
  }
});

test('the options that are told of long runs are those that they take', () => {
  const read: Readonly<Record<string, (args: readonly string[]) => unknown>> = {
    bench: benchOptions,
    chaos: args => chaosOptions(args, 1),
    simulate: simulationOptions,
    soak: soakOptions,
  };
  const runs = untried.filter(command => /^npm run \w+ -- ./.test(command));
  expect(runs).toHaveLength(5);
  for (const run of runs) {
    const [, name = '', options = ''] = /^npm run (\w+) -- (.+)$/.exec(run) ?? [];
    expect(read[name]?.(options.split(' ')), run).toBeDefined();
  }
});
