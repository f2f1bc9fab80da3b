import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
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
  'cli/seed-form.ts',
  'lib/release.ts',
  'report/log-form.ts',
  'report/printable.ts',
  'the library commander',
];

test.each(['--version', '--help'])(
  '%s loads what says which verbs there are, and nothing that a verb needs',
  async asked => {
    const folder = await mkdtemp(join(tmpdir(), 'iap-loaded-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const { code } = await runProgram([asked], { env: { ...process.env, NODE_V8_COVERAGE: folder } });
    expect(code).toBe(0);
    const loaded = await partsLoaded(folder);
    expect(loaded).toContain(basename(PROGRAM));
    const parts: Readonly<Record<string, readonly string[]>> = JSON.parse(
      await readFile(join(workTree(), 'build/bundle-parts.json'), 'utf8'),
    );
    const files = loaded.flatMap(part => parts[part] ?? [`${part}, which no build has made`]);
    expect([...new Set(files.map(origin))].sort()).toEqual(NEEDED);
  },
);

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
