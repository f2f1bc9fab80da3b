import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { brokenFloors, type Sources, tooLong } from './floors.js';

const ROOT = join(import.meta.dirname, '..');
const FOREIGN = new Set(['node_modules', 'bundle', 'dist', 'build', '.git', '.cache', 'results']);

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (FOREIGN.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : entry.isFile() ? [path] : [];
  });
}

const files = filesUnder(ROOT).map(path => relative(ROOT, path));
const code: Sources = new Map(
  files.filter(path => /\.tsx?$/.test(path)).map(path => [path, readFileSync(join(ROOT, path), 'utf8')]),
);
const styles: Sources = new Map(
  files.filter(path => path.endsWith('.css')).map(path => [path, readFileSync(join(ROOT, path), 'utf8')]),
);
const isHouse = (path: string) =>
  /^(?:packages\/[^/]+\/src|testbed|demo|bench)\//.test(path) && !path.endsWith('.test.ts');
const house: Sources = new Map([...code].filter(([path]) => isHouse(path)));

const APP = 'packages/incus-azure-pipelines/src';

test('every file keeps to its floor', () => {
  expect(house.size).toBeGreaterThan(50);
  expect(brokenFloors(house)).toEqual([]);
});

test('no file is too long to be read at once, tests included', () => {
  expect(code.size).toBeGreaterThan(house.size);
  expect(styles.size).toBeGreaterThan(0);
  expect([...tooLong(new Map([...code, ...styles]))]).toEqual([]);
});

test('no file names the machine that it was written on', () => {
  const texts = files.filter(
    path => /\.(?:tsx?|js|json|md|yaml|yml|sh|html|css|svg)$/.test(path) && path !== 'package-lock.json',
  );
  const machine = /\.\.\/shared\b|(?<![\w}])\/work\//;
  expect(texts.length).toBeGreaterThan(50);
  expect(texts.filter(path => machine.test(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});

const planted: readonly { readonly rule: string; readonly files: Record<string, string>; readonly told: string }[] = [
  {
    rule: 'a sideways import',
    files: { [`${APP}/plan/plan.ts`]: "import { join } from '../observe/join.js';" },
    told: 'plan/plan.ts -> observe/join.ts (sideways)',
  },
  {
    rule: 'a sideways import of a type',
    files: { [`${APP}/plan/plan.ts`]: "import type { Sightings } from '../observe/join.js';" },
    told: 'plan/plan.ts -> observe/join.ts (sideways)',
  },
  {
    rule: 'an import that spans lines',
    files: { [`${APP}/execute/perform.ts`]: "import {\n  plan,\n  type Plan,\n} from '../plan/plan.js';" },
    told: 'execute/perform.ts -> plan/plan.ts (sideways)',
  },
  {
    rule: 'an import upwards',
    files: { [`${APP}/model/agent.ts`]: "export { plan } from '../plan/plan.js';" },
    told: 'model/agent.ts -> plan/plan.ts (up)',
  },
  {
    rule: 'a dynamic import upwards',
    files: { [`${APP}/reconcile/reconciler.ts`]: "const { run } = await import('../cli/run.js');" },
    told: 'reconcile/reconciler.ts -> cli/run.ts (up)',
  },
  {
    rule: 'a type named by a dynamic import',
    files: { [`${APP}/lib/clock.ts`]: "export type P = import('../model/pool.js').PoolSpec;" },
    told: 'lib/clock.ts -> model/pool.ts (sideways)',
  },
  {
    rule: 'an import for its effect',
    files: { [`${APP}/report/status.ts`]: "import '../reconcile/ledger.js';" },
    told: 'report/status.ts -> reconcile/ledger.ts (sideways)',
  },
  { rule: 'a folder on no floor', files: { [`${APP}/utils/text.ts`]: '' }, told: 'utils/text.ts is on no floor' },
  {
    rule: 'a client in the report',
    files: { [`${APP}/report/http.ts`]: "import type { IncusClient } from 'incus-client';" },
    told: 'report/http.ts -> incus-client (client)',
  },
  {
    rule: 'a client in a command',
    files: { [`${APP}/cli/run.ts`]: "import { connectIncus } from 'incus-client';" },
    told: 'cli/run.ts -> incus-client (client)',
  },
  {
    rule: 'the emulator in the app',
    files: { [`${APP}/daemon.ts`]: "import { startEmulator } from 'azure-pipelines-emulator';" },
    told: `${APP}/daemon.ts -> azure-pipelines-emulator (package)`,
  },
  {
    rule: 'the app in a client',
    files: { 'packages/incus-client/src/index.ts': "import '../../incus-azure-pipelines/src/index.js';" },
    told: 'packages/incus-client/src/index.ts -> incus-azure-pipelines (package)',
  },
  {
    rule: "a type of the client's in the emulator",
    files: {
      'packages/azure-pipelines-emulator/src/index.ts': "import type { TaskAgent } from 'azure-pipelines-client';",
    },
    told: 'packages/azure-pipelines-emulator/src/index.ts -> azure-pipelines-client (package)',
  },
  {
    rule: 'the grammar of demands in the report',
    files: { [`${APP}/report/status.ts`]: "import { unmetDemands } from 'azure-pipelines-client/demands';" },
    told: 'report/status.ts -> azure-pipelines-client (client)',
  },
  {
    rule: 'the grammar of demands in the other client',
    files: { 'packages/incus-client/src/index.ts': "export * from 'azure-pipelines-client/demands';" },
    told: 'packages/incus-client/src/index.ts -> azure-pipelines-client (package)',
  },
  {
    rule: 'the page in the daemon',
    files: { [`${APP}/cli/run.ts`]: "import { clock } from '../page/words.js';" },
    told: 'cli/run.ts -> page/words.ts (page)',
  },
  {
    rule: 'the daemon in the page',
    files: { [`${APP}/page/app.tsx`]: "import { printable } from '../report/printable.js';" },
    told: 'page/app.tsx -> report/printable.ts (page)',
  },
  {
    rule: 'a cycle in the page',
    files: {
      [`${APP}/page/a.tsx`]: "import { b } from './b.js';",
      [`${APP}/page/b.ts`]: "import { a } from './a.js';",
    },
    told: `${APP}/page/a.tsx -> ${APP}/page/b.ts -> ${APP}/page/a.tsx (cycle)`,
  },
  {
    rule: 'a cycle',
    files: {
      'testbed/a.ts': "import { b } from './b.js';",
      'testbed/b.ts': "import type { A } from './c.js';",
      'testbed/c.ts': "export * from './a.js';",
    },
    told: 'testbed/a.ts -> testbed/b.ts -> testbed/c.ts -> testbed/a.ts (cycle)',
  },
  {
    rule: 'a file that is too long',
    files: { 'demo/main.ts': 'x\n'.repeat(261) },
    told: 'demo/main.ts has 261 lines, more than 260',
  },
  {
    rule: 'files that are too long by half',
    files: { [`${APP}/cli/a.ts`]: 'x\n'.repeat(81), [`${APP}/cli/b.ts`]: 'x\n'.repeat(90) },
    told: "half of the app's files have 90 lines, more than 80",
  },
];

test.each(planted)('finds $rule', ({ files: texts, told }) => {
  expect(brokenFloors(new Map(Object.entries(texts)))).toEqual([told]);
});

test.each([
  ['plan/plan.ts', 'const now = Date.now();', 'Date.now'],
  ['plan/plan.ts', 'const now = new Date();', 'new Date()'],
  ['model/agent.ts', 'const chance = Math.random();', 'Math.random'],
  ['observe/join.ts', 'setTimeout(ring, 5);', 'setTimeout'],
  ['observe/phase.ts', 'const { cwd } = process.env;', 'process.'],
  ['config/desired.ts', 'const x = await y;', 'await'],
  ['plan/plan.ts', "import { readFileSync } from 'node:fs';", 'it imports node:fs'],
])('finds that %s is not pure with %s', (file, text, found) => {
  expect(brokenFloors(new Map([[`${APP}/${file}`, text]]))).toEqual([`${file} is not pure: ${found}`]);
});

test('allows what goes down, and words in comments', () => {
  const allowed = {
    [`${APP}/plan/plan.ts`]: "// await Date.now()\nimport type { Agent } from '../model/agent.js';\nnew Date(now);",
    [`${APP}/model/agent.ts`]: "/* import '../plan/plan.js' */",
    [`${APP}/execute/parts.ts`]: "import { connectIncus } from 'incus-client';",
    [`${APP}/cli/main.ts`]: "import { startDaemon } from '../daemon.js';\nimport { run } from './run.js';",
  };
  expect(brokenFloors(new Map(Object.entries(allowed)))).toEqual([]);
});
