/**
 * The floors of the house, as data, and the checks that hold them. A file may import its own folder and what stands on
 * lower floors; never sideways, never up. Types count: who imports a type knows the folder.
 */
import { dirname, join, normalize } from 'node:path';

/** Text of every source file by its path from the root of the repository. */
export type Sources = ReadonlyMap<string, string>;

const EMULATOR = 'azure-pipelines-emulator';

/** What each package may import of the others. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'incus-client': [],
  'azure-pipelines-client': [],
  // Nothing of the client, not even types: what both share could be wrong in both. SHARED is the one exception.
  [EMULATOR]: [],
  // The emulator serves its tests alone.
  'incus-azure-pipelines': ['incus-client', 'azure-pipelines-client'],
};

/**
 * The grammar of demands: documented, pure, and the same for who holds agents against it and who asks for more of them. Beside
 * those that may import the client, the emulator may import it.
 */
const SHARED = 'azure-pipelines-client/demands';

const APP = 'packages/incus-azure-pipelines/src/';

/** The app's floors, the lowest first. */
const FLOORS: readonly (readonly string[])[] = [
  ['model', 'lib'],
  ['config', 'observe', 'plan', 'execute'],
  ['reconcile', 'report', 'setup', 'doctor', 'contract'],
  ['daemon.ts', 'capacity', 'page'],
  ['cli', 'index.ts'],
];

/** It runs in a browser: what it shares with the daemon is the shape of documents, and nobody imports it. */
const PAGE = 'page';
const DOCUMENT = /^report\/[a-z-]+-document\.ts$/;

const CLIENTS: readonly string[] = ['incus-client', 'azure-pipelines-client'];
/** Folders and files that know the clients; the command line's one file tells their errors apart. */
const KNOW_CLIENTS: readonly string[] = [
  'observe',
  'execute',
  'setup',
  'doctor',
  'contract',
  'daemon.ts',
  'cli/failure.ts',
];

/** Files that decide: the same arguments give the same answer. */
const PURE =
  /^(?:capacity\/|model\/|plan\/|observe\/(?:able-jobs|fitness|host-shares|hosts-seen|join|offers|other-hosts|pace|parallel-jobs|phase|placeholders|poll-spacing|queue)\.ts$|config\/(?:desired|difference)\.ts$|contract\/(?:answers|checks?|[a-z]+-checks|judge|leaks|public-ids|recording-file|redact|redact-url|replayed|shape)\.ts$|doctor\/(?:blockers|check-[a-z]+|finding|routes|used-bases)\.ts$|doctor\/proofs\/(?:docker-scripts|judge-[a-z]+|open-risks|proof|report)\.ts$|page\/(?:announcements|expiry|figures|lanes|memory|note|phases|pool-view|system-view)\.ts$|report\/life\.ts$|setup\/(?:acl-rules|describe-step|model|plan-removal|plan-setup|project-limits|refused-ranges|wish)\.ts$)/;
const IMPURE =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bset(?:Timeout|Interval|Immediate)\b|\bprocess\.|\bperformance\.|\bcrypto\.|(?<!--)\bawait\b|\basync\b/;

const MOST_LINES = 260;
const MOST_LINES_MEDIAN = 80;

/** Every broken rule as one line, such as `plan/plan.ts -> observe/join.ts (sideways)`; none when the house stands. */
export function brokenFloors(sources: Sources): string[] {
  return [
    ...brokenPackages(sources),
    ...brokenFolders(sources),
    ...impurities(sources),
    ...cycles(sources),
    ...tooLong(sources),
    ...medianTooLong(sources),
  ];
}

function* brokenPackages(sources: Sources): Generator<string> {
  for (const [path, text] of sources) {
    const own = packageOf(path);
    if (own === undefined) continue;
    for (const specifier of importsOf(text)) {
      const other = packageOf(resolve(path, specifier) ?? '') ?? nameIn(specifier);
      if (other === undefined || other === own || PACKAGES[own]?.includes(other)) continue;
      if (own === EMULATOR && specifier === SHARED) continue;
      yield `${path} -> ${other} (package)`;
    }
  }
}

function* brokenFolders(sources: Sources): Generator<string> {
  for (const [path, text] of sources) {
    if (!path.startsWith(APP)) continue;
    const file = path.slice(APP.length);
    const folder = folderOf(file);
    const floor = floorOf(folder);
    if (floor < 0) yield `${file} is on no floor`;
    for (const specifier of importsOf(text)) {
      const client = nameIn(specifier);
      const knows = KNOW_CLIENTS.includes(folder) || KNOW_CLIENTS.includes(file);
      if (client !== undefined && CLIENTS.includes(client) && !knows) yield `${file} -> ${client} (client)`;
      const to = resolve(path, specifier);
      if (!to?.startsWith(APP)) continue;
      const other = folderOf(to.slice(APP.length));
      const isForeign =
        other !== folder && (other === PAGE || (folder === PAGE && !DOCUMENT.test(to.slice(APP.length))));
      if (isForeign) yield `${file} -> ${to.slice(APP.length)} (page)`;
      if (isForeign || other === folder || floorOf(other) < floor) continue;
      yield `${file} -> ${to.slice(APP.length)} (${floorOf(other) > floor ? 'up' : 'sideways'})`;
    }
  }
}

function* impurities(sources: Sources): Generator<string> {
  for (const [path, text] of sources) {
    const file = path.startsWith(APP) ? path.slice(APP.length) : '';
    if (!PURE.test(file)) continue;
    const impure = IMPURE.exec(withoutComments(text))?.[0];
    if (impure !== undefined) yield `${file} is not pure: ${impure}`;
    for (const specifier of importsOf(text))
      if ((specifier.startsWith('node:') && specifier !== 'node:path') || (specifier !== SHARED && nameIn(specifier)))
        yield `${file} is not pure: it imports ${specifier}`;
  }
}

function* cycles(sources: Sources): Generator<string> {
  const done = new Set<string>();
  function* walk(path: string, trail: readonly string[]): Generator<string> {
    const start = trail.indexOf(path);
    if (start >= 0) yield [...trail.slice(start), path].join(' -> ').concat(' (cycle)');
    if (start >= 0 || done.has(path)) return;
    for (const specifier of importsOf(sources.get(path) ?? '')) {
      const named = resolve(path, specifier) ?? '';
      const to = [named, `${named}x`].find(file => sources.has(file));
      if (to !== undefined) yield* walk(to, [...trail, path]);
    }
    done.add(path);
  }
  for (const path of sources.keys()) yield* walk(path, []);
}

/** Every file that has more lines than a file may have, as one line each. */
export function* tooLong(sources: Sources): Generator<string> {
  for (const [path, text] of sources) {
    const lines = linesOf(text);
    if (lines > MOST_LINES) yield `${path} has ${lines} lines, more than ${MOST_LINES}`;
  }
}

function* medianTooLong(sources: Sources): Generator<string> {
  const app = [...sources].filter(([path]) => path.startsWith(APP)).map(([, text]) => linesOf(text));
  const median = app.sort((a, b) => a - b)[Math.floor(app.length / 2)] ?? 0;
  if (median > MOST_LINES_MEDIAN) yield `half of the app's files have ${median} lines, more than ${MOST_LINES_MEDIAN}`;
}

/** What is imported or re-exported: statically, for its effect, dynamically and in types. */
function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const statements = code.matchAll(/\b(?:im|ex)port\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/g);
  const others = code.matchAll(/\b(?:import|require)\s*\(?\s*['"`]([^'"`]+)['"`]/g);
  return [...statements, ...others].map(match => match[1] ?? '');
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

/** The source file that a relative import names, which may have an `x` at its end; undefined for an import by name. */
function resolve(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return normalize(join(dirname(from), specifier)).replace(/\.js$/, '.ts');
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

/** The package of ours that an import by name reaches. */
function nameIn(specifier: string): string | undefined {
  return Object.keys(PACKAGES).find(name => specifier === name || specifier.startsWith(`${name}/`));
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? '';
}

function floorOf(folder: string): number {
  return FLOORS.findIndex(floor => floor.includes(folder));
}
