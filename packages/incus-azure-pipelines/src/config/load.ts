/** Reads a configuration file, and says everything that is wrong with it at once. */

import { dirname, resolve } from 'node:path';
import type { TokenSource } from '../lib/identity/identity.js';
import { WayOut } from '../lib/way-out.js';
import type { DaemonSpec } from '../model/pool.js';
import { checkCredential } from './check-credential.js';
import { isThisHost } from './check-incus.js';
import { checkFile } from './checks.js';
import { authOf, tokenSources } from './credential.js';
import { desiredState } from './desired.js';
import { type ConfigDocument, readDocument } from './document.js';
import { type ConfigEnvironment, hostEnvironment } from './environment.js';
import { readNamedFiles, readTextFile } from './files.js';
import { error, type Finding, formatPath, type KeyPath, warning } from './finding.js';
import { lookAtDevices } from './host-devices.js';
import { lookAtFolders } from './host-folders.js';
import { findingsOf } from './issues.js';
import { keptFiles } from './kept-files.js';
import { ConfigError, type ConfigMessage } from './message.js';
import { type PoolEntry, poolEntries } from './pool-entry.js';
import { checkProxyPassword, type ProxyPassword, proxyPassword } from './proxy.js';
import { type FileSettings, fileSchema } from './schema.js';
import { withoutPaths } from './without-paths.js';
import { type Written, writtenOf } from './written.js';

export interface LoadedConfig {
  readonly spec: DaemonSpec;
  /** By name of the pool. */
  readonly credentials: ReadonlyMap<string, TokenSource>;
  /** The way to servers outside. */
  readonly wayOut: WayOut;
  /** Undefined where nobody signs in at the proxies. */
  readonly proxyPassword?: ProxyPassword | undefined;
  readonly warnings: readonly ConfigMessage[];
  /** By name of the pool: what the file says of it. */
  readonly written: ReadonlyMap<string, Written>;
}

/** Reads and checks a configuration file. Throws `ConfigError` with all messages when it cannot be used. */
export async function loadConfig(
  path: string,
  environment: ConfigEnvironment = hostEnvironment(),
): Promise<LoadedConfig> {
  const file = await readTextFile(path, { limitBytes: 1_048_576 });
  if ('problem' in file) {
    const remedy = file.remedy ?? 'name the configuration with -config FILE';
    throw new ConfigError([
      { file: path, line: 1, column: 1, key: '', problem: file.problem, remedy, severity: 'error' },
    ]);
  }
  return parseConfig(file.text, path, environment, { everybodyReads: (file.mode & 0o004) !== 0 });
}

/** Checks the text of a configuration as if it stood in `path`. Throws `ConfigError` like `loadConfig`. */
export async function parseConfig(
  text: string,
  path: string,
  environment: ConfigEnvironment = hostEnvironment(),
  { everybodyReads = false }: { readonly everybodyReads?: boolean } = {},
): Promise<LoadedConfig> {
  const document = readDocument(text);
  const unread = document.problems.map(problem => ({ file: path, key: '', severity: 'error' as const, ...problem }));
  if (document.value === undefined) throw new ConfigError(unread);

  const directory = dirname(resolve(path));
  const { settings, broken } = parseSettings(document.value);
  const pools = settings === undefined || isBroken(broken, 'pools') ? [] : poolEntries(settings);
  const files = await readNamedFiles(settings ?? {}, pools, directory);
  const kept = keptFiles(settings ?? {}, pools, { configPath: resolve(path), directory });
  const isLocal = isThisHost(settings ?? {});
  const folders = await lookAtFolders(pools, { isThisHost: isLocal, kept });
  const findings = [...broken, ...files.findings, ...folders.findings];
  if (isLocal) findings.push(...(await lookAtDevices(pools)));
  if (settings !== undefined) findings.push(...checkFile(settings, pools, environment));
  findings.push(...(await checkProxyPassword(settings ?? {}, directory, environment)));
  if (everybodyReads) findings.push(...openPassword(settings ?? {}, path));
  const certificateEnds = new Map<string, number>();
  for (const pool of pools) {
    const checked = await checkCredential(pool, directory, environment);
    findings.push(...checked.findings, ...(everybodyReads ? openSecrets(pool, path) : []));
    if (checked.certificateEnds !== undefined) certificateEnds.set(pool.name, checked.certificateEnds);
  }

  const found = relevant(findings, broken).map(finding => located(finding, path, document));
  const messages = [...unread, ...found].sort((a, b) => a.line - b.line || a.column - b.column);
  if (settings === undefined || messages.some(message => message.severity === 'error')) throw new ConfigError(messages);
  const { contents } = files;
  const place = { environment, directory, contents, certificateEnds, folders: folders.resolved };
  const spec = desiredState(settings, pools, place);
  const password = proxyPassword(settings, directory, environment);
  const wayOut = new WayOut({
    proxy: spec.proxy,
    password: password && (() => password.read()),
    authorities: spec.authorities,
  });
  return {
    spec,
    credentials: tokenSources(pools, directory, environment, wayOut),
    wayOut,
    proxyPassword: password,
    warnings: messages,
    written: writtenOf(pools),
  };
}

/** Secrets that stand in a file which everybody can read. */
function openSecrets(pool: PoolEntry, file: string): readonly Finding[] {
  const { pat, servicePrincipal } = authOf(pool);
  const secrets = [
    ['token', pat, ['pat']],
    ['secret', servicePrincipal?.secret, ['servicePrincipal', 'secret']],
  ] as const;
  const auth = pool.settings.azure?.auth === undefined ? [] : ['auth'];
  return secrets.flatMap(([what, settings, keys]) =>
    typeof settings === 'string' ? [openIn(file, what, pool.path('azure', ...auth, ...keys))] : [],
  );
}

function openPassword({ proxy }: FileSettings, file: string): readonly Finding[] {
  return typeof proxy?.password === 'string' ? [openIn(file, 'password', ['proxy', 'password'])] : [];
}

function openIn(file: string, what: string, path: KeyPath): Finding {
  return warning(path, `every user of this host can read the ${what} in this file`, `run: chmod o-rwx ${file}`);
}

/** Parses what can be parsed: a key of the wrong kind is told of and left out, so that the others are still checked. */
function parseSettings(value: unknown): {
  readonly settings: FileSettings | undefined;
  readonly broken: readonly Finding[];
} {
  if (value === null) {
    return {
      settings: undefined,
      broken: [error([], 'the file is empty', 'write at least agentCount, baseImage and azure')],
    };
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return {
      settings: undefined,
      broken: [error([], 'the file is not a map of keys', 'write lines such as "agentCount: 2"')],
    };
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return { settings: parsed.data, broken: [] };
  const broken = findingsOf(parsed.error.issues, value);
  return {
    settings: fileSchema.safeParse(
      withoutPaths(
        value,
        broken.map(finding => finding.path),
      ),
    ).data,
    broken,
  };
}

/** Leaves out what only follows from a key that was there but could not be read, and what was said already. */
function relevant(findings: readonly Finding[], broken: readonly Finding[]): readonly Finding[] {
  const said = new Set<string>();
  return findings.filter(finding => {
    const name = `${formatPath(finding.path)}: ${finding.problem}`;
    if (said.has(name)) return false;
    said.add(name);
    const places = [finding.path, ...(finding.instead === undefined ? [] : [finding.instead])];
    const isBroken = (place: KeyPath) => broken.some(other => concerns(place, other.meant ?? other.path));
    return broken.includes(finding) || !places.some(isBroken);
  });
}

/** Whether one of two paths lies in the other, in the pool itself or in the defaults beside `pools:`. */
function concerns(path: KeyPath, broken: KeyPath): boolean {
  const shared = path[0] === 'pools' ? path.slice(2) : path;
  return [path, shared].some(
    inner => inner.length > 0 && inner.slice(0, broken.length).every((part, i) => broken[i] === part),
  );
}

function isBroken(broken: readonly Finding[], key: string): boolean {
  return broken.some(({ path }) => path.length === 1 && path[0] === key);
}

function located(
  { path, at, problem, remedy, severity }: Finding,
  file: string,
  document: ConfigDocument,
): ConfigMessage {
  return { file, ...document.locate(path, at), key: formatPath(path), problem, remedy, severity };
}
