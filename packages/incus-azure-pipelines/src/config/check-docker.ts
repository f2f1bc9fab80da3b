/** Whether what is said of docker can be. */

import { type IpRange, parseRange } from '../lib/ip-ranges.js';
import { error, type Finding, type KeyPath, show } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

/** Checks docker's settings against each other and against the base. */
export function checkDocker(pool: PoolEntry): readonly Finding[] {
  const { baseMade, docker, provisionScripts = [] } = pool.settings;
  if (typeof docker !== 'object') return [];
  const { source, ...settings } = docker;
  const at = (...keys: KeyPath) => pool.path('docker', ...keys);
  const given = Object.entries(settings).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (source === 'none')
    return given.map(name => error(at(name), 'is of no use without docker', 'delete it, or source: none', 'key'));
  if (baseMade === true)
    return given.map(name =>
      error(
        at(name),
        'would be put into the base, and baseMade says that it is made already',
        'put it there by hand and delete this key, or delete baseMade',
        'key',
      ),
    );
  const script =
    source === 'script' && provisionScripts.length === 0
      ? [error(at('source'), 'no script is there that could install docker', 'name it under provisionScripts')]
      : [];
  return [...script, ...checkRegistries(docker, at), ...checkPools(docker, at), ...checkImages(docker, at)];
}

type Docker = Extract<NonNullable<PoolEntry['settings']['docker']>, object>;
type At = (...keys: KeyPath) => KeyPath;

function checkRegistries({ insecureRegistries = [], registryMirrors = [] }: Docker, at: At): readonly Finding[] {
  const mirrors = registryMirrors.flatMap((url, i) => {
    const why = mirrorFault(url);
    return why === undefined ? [] : [error(at('registryMirrors', i), why, 'write one such as https://mirror.example')];
  });
  const insecure = insecureRegistries.flatMap((written, i) =>
    parseRange(written) !== undefined ||
    /^(?!-)[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$|^\[[0-9a-f:]+\](?::\d{1,5})?$/i.test(written)
      ? []
      : [
          error(
            at('insecureRegistries', i),
            `${show(written)} is no host and no subnet`,
            'write HOST, HOST:PORT or a subnet, without http://',
          ),
        ],
  );
  return [...mirrors, ...insecure];
}

/** What is written is in every base, where each job can read it. */
function mirrorFault(written: string): string | undefined {
  if (!URL.canParse(written)) return 'is not a URL';
  const { hash, password, pathname, protocol, search, username } = new URL(written);
  if (protocol !== 'https:' && protocol !== 'http:') return `${show(written)} is not an http URL`;
  if (username !== '' || password !== '') return 'holds a user or a password, which every job could read';
  return pathname === '/' && search === '' && hash === ''
    ? undefined
    : `${show(written)} has a path, which docker refuses`;
}

function checkPools({ addressPools = [] }: Docker, at: At): readonly Finding[] {
  const findings: Finding[] = [];
  const taken: (IpRange & { readonly written: string })[] = [];
  for (const [i, { base, size }] of addressPools.entries()) {
    if (base === undefined || size === undefined) {
      findings.push(error(at('addressPools', i), 'lacks base or size', 'write {base: 172.30.0.0/16, size: 24}'));
      continue;
    }
    const range = base.includes('/') ? parseRange(base) : undefined;
    const length = Number(base.split('/')[1]);
    if (range === undefined) {
      findings.push(
        error(at('addressPools', i, 'base'), `${show(base)} is no subnet`, 'write one such as 172.30.0.0/16'),
      );
      continue;
    }
    const most = range.family === 4 ? 30 : 126;
    if (size < length || size > most)
      findings.push(
        error(
          at('addressPools', i, 'size'),
          `no /${size} can be taken from ${base}`,
          `write one from ${length} to ${most}`,
        ),
      );
    const other = taken.find(one => one.family === range.family && one.first <= range.last && range.first <= one.last);
    if (other !== undefined)
      findings.push(
        error(at('addressPools', i, 'base'), `${base} overlaps ${other.written}`, 'write subnets that do not'),
      );
    taken.push({ ...range, written: base });
  }
  return findings;
}

function checkImages({ preload = [] }: Docker, at: At): readonly Finding[] {
  const names = preload.map(image => (typeof image === 'string' ? image : image.archive));
  return names.flatMap((name, i) => {
    if (name === undefined) return [error(at('preload', i), 'has no archive', 'write {archive: PATH}')];
    return names.indexOf(name) < i ? [error(at('preload', i), `${show(name)} stands there already`, 'delete it')] : [];
  });
}
