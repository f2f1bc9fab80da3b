import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { oldestNode } from './oldest-node.js';

const PACKAGE = 'packages/incus-azure-pipelines';
const TARGET = join(PACKAGE, 'bundle');
const LICENSES = 'THIRD-PARTY-LICENSES.txt';
/** What is in each part of the program, for tests. */
const PARTS = 'build/bundle-parts.json';

/** Some libraries are CommonJS and ask for modules of Node by `require`, which an ES module does not have. */
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/**
 * Packs the program and its libraries into few files, a part for each verb, so that it is installed without any other package:
 * to find and to parse hundreds of small ones takes most of the time of a verb. Node keeps the text in memory, so there is little white space in it; names stay, and lines are
 * short, so that a stack trace tells a place that can be found.
 */
const { metafile } = await build({
  entryPoints: [join(PACKAGE, 'src/cli/main.ts'), join(PACKAGE, 'src/index.ts')],
  entryNames: '[name]',
  outdir: TARGET,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: `node${await oldestNode()}`,
  // The sources of our own packages, where others find what was compiled.
  conditions: ['source'],
  banner: { js: REQUIRE },
  minifyWhitespace: true,
  lineLimit: 120,
  metafile: true,
  logLevel: 'warning',
});
/** The page that the daemon serves: a browser asks for these files by these names. */
const page = await build({
  entryPoints: ['main.tsx', 'page.css', 'index.html', 'icon.svg'].map(file => ({
    in: join(PACKAGE, 'src/page', file),
    out: `page/${file === 'main.tsx' ? 'page' : parse(file).name}`,
  })),
  outdir: TARGET,
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome120', 'firefox120', 'safari17'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.html': 'copy', '.svg': 'copy' },
  minify: true,
  metafile: true,
  logLevel: 'warning',
});

const built = [metafile, page.metafile];
await chmod(join(TARGET, 'main.js'), 0o755);
await writeFile(join(TARGET, LICENSES), await licensesOf(built.flatMap(({ inputs }) => Object.keys(inputs))));
await writeFile(PARTS, JSON.stringify(partsOf(metafile)));
await removeStale(new Set(built.flatMap(({ outputs }) => Object.keys(outputs))));

/** The files that each part was made of, by its name. */
function partsOf({ outputs }: Metafile): object {
  const parts = Object.entries(outputs).map(([path, { inputs }]) => [parse(path).base, Object.keys(inputs)]);
  return Object.fromEntries(parts);
}

/** What the authors of the bundled libraries ask to be handed on, by the paths of their files. */
async function licensesOf(inputs: readonly string[]): Promise<string> {
  const packages = new Set(inputs.flatMap(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const texts = [...packages].sort().map(async path => {
    const file = (await readdir(path)).find(entry => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${path} is bundled and has no license to hand on`);
    const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
    return `${name} ${version} (${license})\n\n${(await readFile(join(path, file), 'utf8')).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}

/** Parts of earlier builds, which had other names. */
async function removeStale(built: ReadonlySet<string>): Promise<void> {
  for (const file of await readdir(TARGET, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && file.name !== LICENSES && !built.has(path)) await rm(path);
  }
}
