import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PROGRAM, runProgram } from '../testbed/daemon-process.js';
import { workTree } from '../testbed/work-tree.js';

/** What says which verbs there are, and no verb. */
const NEEDED = [
  'cli/command-shape.ts',
  'cli/log-output.ts',
  'cli/main.ts',
  'cli/output.ts',
  'cli/program.ts',
  'cli/reader-left.ts',
  'cli/seed-form.ts',
  'lib/release.ts',
  'report/log-form.ts',
  'report/printable.ts',
  'the library commander',
];

test.each(['--version', '--help'])(
  '%s loads what says which verbs there are, and nothing that a verb needs',
  async asked => {
    const { code, origins } = await loadedBy([asked], await newFolder());
    expect(code).toBe(0);
    expect([...origins].sort()).toEqual(NEEDED);
  },
);

const ENTRA = 'the library @azure/identity';
const PRINCIPAL = '{tenantId: contoso.example, clientId: 11111111-2222-3333-4444-555555555555, secret: x}';

test.each([
  ['no library of Entra to call Azure by a personal access token', 'pat: x', 'find the agent pool', false],
  ['none by what a program prints', 'command: {run: [/bin/echo, x]}', 'find the agent pool', false],
  ['it to ask Entra for a token', `servicePrincipal: ${PRINCIPAL}`, 'ask Microsoft Entra for a token', true],
])('doctor loads %s', async (_, auth, tried, isLoaded) => {
  const folder = await newFolder();
  const config = join(folder, 'config.yaml');
  const nowhere = 'https://127.0.0.1:1';
  await writeFile(
    config,
    `agentCount: 1
baseImage: debian/13
incus: {socket: ${join(folder, 'no-incus')}}
stateDirectory: ${join(folder, 'state')}
azure: {url: ${nowhere}/contoso, pool: linux, auth: {${auth}}}
`,
    { mode: 0o600 },
  );
  const { origins, stdout } = await loadedBy(['doctor', '--config', config], folder, { AZURE_AUTHORITY_HOST: nowhere });
  expect(stdout).toContain(tried);
  expect(origins.has(ENTRA)).toBe(isLoaded);
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'iap-loaded-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Runs the program, and tells of which sources and libraries the parts are made that it has loaded. */
async function loadedBy(args: readonly string[], folder: string, variables: NodeJS.ProcessEnv = {}) {
  const coverage = join(folder, 'coverage');
  const env = { ...process.env, ...variables, NODE_V8_COVERAGE: coverage };
  const { code, stdout } = await runProgram(args, { env });
  const loaded = await partsLoaded(coverage);
  expect(loaded).toContain(basename(PROGRAM));
  const parts: Readonly<Record<string, readonly string[]>> = JSON.parse(
    await readFile(join(workTree(), 'build/bundle-parts.json'), 'utf8'),
  );
  const files = loaded.flatMap(part => parts[part] ?? [`${part}, which no build has made`]);
  return { code, stdout, origins: new Set(files.map(origin)) };
}

/** Names of the parts of the program that Node has run, as it wrote them down at its end. */
async function partsLoaded(folder: string): Promise<readonly string[]> {
  const written = await Promise.all((await readdir(folder)).map(file => readFile(join(folder, file), 'utf8')));
  const ran: readonly { readonly url: string }[] = written.flatMap(text => JSON.parse(text).result);
  const paths = ran.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []));
  return paths.filter(path => dirname(path) === dirname(PROGRAM)).map(path => basename(path));
}

function origin(path: string): string {
  const library = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  return library === undefined ? path.replace(/^packages\/incus-azure-pipelines\/src\//, '') : `the library ${library}`;
}
