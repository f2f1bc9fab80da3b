import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { EXIT_CODES } from '../packages/incus-azure-pipelines/src/cli/manual.js';
import { programShape } from '../packages/incus-azure-pipelines/src/cli/program.js';
import { configJsonSchema } from '../packages/incus-azure-pipelines/src/config/json-schema.js';
import { checkAzure } from '../packages/incus-azure-pipelines/src/doctor/check-azure.js';
import { OPEN_POINTS } from '../packages/incus-azure-pipelines/src/doctor/proofs/open-risks.js';
import { Events } from '../packages/incus-azure-pipelines/src/lib/events.js';
import { makeMetrics } from '../packages/incus-azure-pipelines/src/report/metrics.js';
import { BAD_FILES } from '../packages/incus-azure-pipelines/test/bad-files.js';
import { anAzure } from '../packages/incus-azure-pipelines/test/doctor-facts.js';
import { SEEDED_FAULTS } from '../packages/incus-azure-pipelines/test/doctor-faults/seeded-faults.js';
import { commandsReference } from '../scripts/commands-reference.js';
import { configurationReference } from '../scripts/configuration-reference.js';
import { contractReference } from '../scripts/contract-reference.js';
import { errorsReference } from '../scripts/errors-reference.js';
import { flawsReference } from '../scripts/flaws-reference.js';
import { metricsReference } from '../scripts/metrics-reference.js';
import { oldestNode } from '../scripts/oldest-node.js';
import { refusalsIn } from '../scripts/refusals.js';
import { anchorOf } from '../testbed/told-commands.js';
import { documents, ROOT } from './markdown.js';

const PROGRAM = join(ROOT, 'packages/incus-azure-pipelines/bundle/main.js');
const everything = [...documents.values()].join('\n');

function textOf(path: string): string {
  const text = documents.get(path);
  if (text === undefined) throw new Error(`there is no ${path}`);
  return text;
}

/** The sources of the program, without its tests. */
function programSources(): string[] {
  const folder = join(ROOT, 'packages/incus-azure-pipelines/src');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter(file => /(?<!\.test)\.ts$/.test(file)).map(file => readFileSync(join(folder, file), 'utf8'));
}

/** What stands between backquotes, in a line or as a block of its own. */
function codeIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```.*\n([\s\S]*?)^```$/gm)].map(match => match[1] ?? '');
  const prose = markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
  return [...blocks, ...[...prose.matchAll(/`([^`\n]+)`/g)].map(match => match[1] ?? '')];
}

/** The anchors of a document's headings. */
function anchorsIn(markdown: string): Set<string> {
  return new Set([...markdown.matchAll(/^#+ (.+)$/gm)].map(match => anchorOf(match[1] ?? '')));
}

test.each([...documents.keys()])('every link in %s leads somewhere', path => {
  const links = [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1] ?? '');
  const broken = links.filter(link => {
    if (/^https?:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : relative(ROOT, join(ROOT, dirname(path), file));
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsIn(textOf(target)).has(anchor);
  });
  expect(broken).toEqual([]);
});

test('decisions are numbered without a gap, in name and title', () => {
  const decisions = [...documents].filter(([path]) => path.startsWith('docs/decisions/'));
  const numbers = decisions.map(([path]) => Number(/\/(\d{4})-/.exec(path)?.[1])).sort((a, b) => a - b);
  expect(numbers).toEqual(decisions.map((_, index) => index + 1));
  for (const [path, markdown] of decisions)
    expect(markdown, path).toMatch(new RegExp(`^# ${Number(/(\d{4})-/.exec(path)?.[1])}\\. `));
});

test('every npm script that is named is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const named = [...everything.matchAll(/npm run (?:--\S+ )*([\w:-]+)/g)].map(match => match[1] ?? '');
  expect(named).not.toEqual([]);
  expect(named.filter(script => !Object.hasOwn(scripts, script))).toEqual([]);
});

test('every file of deploy/ that is named is there', () => {
  const named = [...everything.matchAll(/\bdeploy\/[\w./-]*\w/g)].map(match => match[0]);
  expect(named).not.toEqual([]);
  expect(named.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the verbs that are named are those of the program', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--help']);
  const commands = stdout.slice(stdout.indexOf('Commands:'));
  const verbs = [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(match => match[1] ?? '').filter(verb => verb !== 'help');
  const calls = codeIn(everything).flatMap(code => [...code.matchAll(/(?<![\w./-])incus-azure-pipelines ([a-z]+)\b/g)]);
  expect(calls.map(call => call[1]).filter(verb => !verbs.includes(verb ?? ''))).toEqual([]);
  const section = /^## Verbs$([\s\S]*?)^## /m.exec(textOf('README.md'))?.[1] ?? '';
  const inTable = [...section.matchAll(/^\| `([a-z]+)[^`]*` \|/gm)].map(match => match[1]);
  expect(inTable).toEqual(verbs);
});

test('the reference of the configuration says what the schema says', async () => {
  const written = configurationReference(configJsonSchema());
  await expect(written).toMatchFileSnapshot('../docs/reference/configuration.md');
});

test('the reference of the commands says what the program takes', async () => {
  await expect(commandsReference(programShape())).toMatchFileSnapshot('../docs/reference/commands.md');
});

test('the reference of the metrics says what the daemon serves', async () => {
  const registry = makeMetrics(
    new Events(() => {}),
    () => undefined,
    async () => 0,
  );
  await expect(await metricsReference(registry)).toMatchFileSnapshot('../docs/reference/metrics.md');
});

test('the reference of errors says what is said where tests do something wrong', async () => {
  const written = errorsReference({ files: BAD_FILES, faults: SEEDED_FAULTS, refusals: refusalsIn(programSources()) });
  await expect(written).toMatchFileSnapshot('../docs/reference/errors.md');
});

test('each check of the doctor for which a fault is made stands on the page that tells what is looked at', () => {
  const page = textOf('docs/how-to/find-what-is-wrong.md');
  const found = SEEDED_FAULTS.flatMap(({ cases }) => cases.flatMap(({ finds }) => finds.map(({ check }) => check)));
  expect([...new Set(found)].filter(check => !page.includes(`\`${check}\``))).toEqual([]);
});

test('the reference of the flaws of Incus says what the table says', async () => {
  await expect(flawsReference()).toMatchFileSnapshot('../docs/reference/incus-flaws.md');
});

test('the reference of what is relied on of Azure Pipelines says what is checked, and what the emulator answers', async () => {
  await expect(contractReference()).toMatchFileSnapshot('../docs/reference/contract.md');
});

/** What `docs/explanation/security.md` names with the test that shows it: a link to a file, whose text is a test's name. */
const security = textOf('docs/explanation/security.md');
const shownBy = [...security.matchAll(/\[([^\]]+)\]\(([^)]*\.ts)\)/g)].map(([, name = '', link = '']) => ({
  name,
  path: join('docs/explanation', link),
}));

test('each test that shows a point of security is there', () => {
  expect(shownBy.length).toBeGreaterThan(40);
  expect(shownBy.filter(({ name, path }) => !namesOf(path).includes(name))).toEqual([]);
});

test('each point of security leads to the test that shows it, open ones too, but for those that are called untested', () => {
  const [tested = '', untested] = security.split(/^Not tested, /m);
  expect(untested).toBeDefined();
  const points = tested.split('\n').filter(line => line.startsWith('- '));
  const open = (/^## Open$([\s\S]*)/m.exec(tested)?.[1] ?? '')
    .split('\n')
    .filter(line => line.startsWith('| '))
    .slice(1);
  expect(points.length).toBeGreaterThan(40);
  expect(open.length).toBeGreaterThan(5);
  expect(points.filter(point => !/^- \[[^\]]+\]\([^)]*\.ts\)/.test(point))).toEqual([]);
  expect(open.filter(point => !/^\| \[open: [^\]]+\]\([^)]*\.ts\)/.test(point))).toEqual([]);
});

const ATTACKS = ['test/e2e/attacks', 'packages/incus-azure-pipelines/src/doctor/attacks'];

test('each attack stands in the page on security, open ones too', () => {
  const named = new Set(shownBy.map(({ name }) => name));
  const attacks = ATTACKS.flatMap(folder => readdirSync(join(ROOT, folder)).map(file => join(folder, file)));
  const facts = [
    ...attacks,
    ...readdirSync(join(ROOT, 'test/e2e'))
      .filter(file => /^attacks.*\.test\.ts$/.test(file))
      .map(file => join('test/e2e', file)),
  ]
    .filter(path => path.endsWith('.ts'))
    .flatMap(namesOf)
    .filter(name => /^(?:open: )?(?:a guest|a job|a thief|a fork bomb|memory) /.test(name));
  expect(facts.length).toBeGreaterThan(40);
  expect(facts.filter(name => !named.has(name))).toEqual([]);
});

test('what doctor tells as open is what the page on security tells', () => {
  const open = /^## Open$([\s\S]*)/m.exec(textOf('docs/explanation/security.md'))?.[1] ?? '';
  const rows = open.split('\n').filter(line => /^\| (?!open \|)/.test(line));
  const written = rows.map(line => {
    const cells = line
      .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
      .split('|')
      .map(cell => cell.trim());
    const [, fact = '', risk = '', helps = ''] = cells;
    return { fact: fact.replace('open: ', ''), risk, helps };
  });
  expect(OPEN_POINTS).toEqual(written);
});

/** The names of the tests in a file: whatever stands as a text of its own. */
function namesOf(path: string): readonly string[] {
  const code = readFileSync(join(ROOT, path), 'utf8');
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"/g)].map(match => match[1] ?? match[2] ?? '');
}

test('the oldest Node that is named is the one that the packages ask for', async () => {
  const oldest = await oldestNode();
  const named = [...everything.matchAll(/\bNode (\d+\.\d+)\s(?:(?:or|and) later|is the oldest)/g)].map(
    match => match[1],
  );
  expect(named).not.toEqual([]);
  expect(new Set(named)).toEqual(new Set([oldest]));
  const files = ['package.json', ...readdirSync(join(ROOT, 'packages')).map(name => `packages/${name}/package.json`)];
  const asked = files.map(path => JSON.parse(readFileSync(join(ROOT, path), 'utf8')).engines.node);
  expect(new Set(asked)).toEqual(new Set([`>=${oldest}`]));
});

test('each step on the side of Azure names what doctor says of it, and all that it says there is named', () => {
  const section = /^### On the Azure Pipelines side$([\s\S]*?)^## /m.exec(textOf('README.md'))?.[1] ?? '';
  const steps = section.split(/^\d\. /m).slice(1, -1);
  expect(steps).toHaveLength(5);
  const named = steps.map(step =>
    [...(/\*\* \((.+?)\)\./.exec(step)?.[1] ?? '').matchAll(/`([\w-]+)`/g)].map(match => match[1]),
  );
  expect(named.filter(checks => checks.length === 0)).toEqual([]);
  const told = checkAzure(anAzure(), []).map(({ check }) => check);
  const ofItself = ['azure-server', 'clock', 'agent-version', 'auto-update'];
  expect(named.flat().toSorted()).toEqual(told.filter(check => !ofItself.includes(check)).toSorted());
});

test('the manual page tells the exit codes that the README tells', () => {
  const inReadme = [...textOf('README.md').matchAll(/^\| (\d) \| (.+) \|$/gm)].map(([, code, text]) => [code, text]);
  const manual = EXIT_CODES.map(([code, text]) => [code, `${text[0]?.toLowerCase()}${text.slice(1, -1)}`]);
  expect(manual).toEqual(inReadme);
});
