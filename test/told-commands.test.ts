import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { parseOptions as chaosOptions } from '../chaos/options.js';
import { parseOptions as simulationOptions } from '../packages/incus-azure-pipelines/test/simulation/cli/options.js';
import { parseOptions as soakOptions } from '../soak/options.js';
import { type Block, blocksOf, commandsIn, isUntried, told } from '../testbed/told-commands.js';
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

const documents = ['README.md', 'CONTRIBUTING.md', ...filesUnder('docs', '.md')];
const blocks = documents.flatMap(path => blocksOf(path, textOf(path)));

/** Blocks that tests call for, as the text of the call has them. */
function callsIn(code: string): readonly string[] {
  return [...code.matchAll(/\btold\(\s*'([^']+)'(?:,\s*(\d+))?,?\s*\)/g)].map(match => `${match[1]} ${match[2] ?? 0}`);
}

const called = new Set(
  ['test', 'packages', 'chaos', 'soak', 'demo']
    .flatMap(folder => filesUnder(folder, '.ts'))
    .filter(path => path !== relative(ROOT, import.meta.filename))
    .flatMap(path => callsIn(textOf(path))),
);

/** Commands that no test calls for, and that no reason excuses. */
function untold(all: readonly Block[], calls: ReadonlySet<string>): readonly string[] {
  const seen = new Map<string, number>();
  return all.flatMap(block => {
    const commands = commandsIn(block);
    if (commands.length === 0) return [];
    const nth = seen.get(block.place) ?? 0;
    seen.set(block.place, nth + 1);
    if (calls.has(`${block.place} ${nth}`)) return [];
    return commands.filter(command => !isUntried(command)).map(command => `${block.place} ${nth}: ${command}`);
  });
}

test('every command that a document tells is taken up by a test, or has the reason why not', () => {
  expect(blocks.flatMap(commandsIn).length).toBeGreaterThan(70);
  expect(untold(blocks, called)).toEqual([]);
});

test('every block says by its language whether it holds commands', () => {
  expect(blocks.filter(({ language }) => !LANGUAGES.has(language))).toEqual([]);
  const others = blocks.filter(block => commandsIn(block).length === 0);
  expect(others.filter(({ text }) => /^\s*(?:npm|npx|apt-get|systemctl|incus|sudo|cp|curl) /m.test(text))).toEqual([]);
});

test.each([
  ['a command that nobody runs', '# T\n```sh\necho one\n```\n', [], ['x.md#t 0: echo one']],
  ['one of two blocks', '# T\n```sh\na\n```\n```sh\nb\n```\n', ['x.md#t 0'], ['x.md#t 1: b']],
  ['the parts of a line', '# T\n```sh\nnpm ci && other  # why\n```\n', [], ['x.md#t 0: other']],
  ['a script', '# T\n```bash\n#!/bin/bash\ntrue\n```\n', [], ['x.md#t 0: #!/bin/bash\ntrue\n']],
  ['nothing where all is run', '# T\n```sh\na\n```\n```yaml\nb: c\n```\n', ['x.md#t 0'], []],
])('finds %s', (_, markdown, calls, found) => {
  expect(untold(blocksOf('x.md', markdown), new Set(calls))).toEqual(found);
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
  const all = blocks.flatMap(commandsIn);
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
    chaos: args => chaosOptions(args, 1),
    simulate: simulationOptions,
    soak: soakOptions,
  };
  const runs = untried.filter(command => /^npm run \w+ -- ./.test(command));
  expect(runs).toHaveLength(4);
  for (const run of runs) {
    const [, name = '', options = ''] = /^npm run (\w+) -- (.+)$/.exec(run) ?? [];
    expect(read[name]?.(options.split(' ')), run).toBeDefined();
  }
});
