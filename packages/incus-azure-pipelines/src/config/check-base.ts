/** What a base is built of: scripts, and the mirror that its packages come from. */

import { isLoopback } from '../lib/loopback.js';
import { error, type Finding, type KeyPath, show } from './finding.js';
import type { PoolEntry } from './pool-entry.js';
import type { PoolSettings } from './pool-schema.js';

type Scripts = NonNullable<PoolSettings['provisionScripts']>;

/** A script and its moment, however it is written. */
export function scriptOf(written: Scripts[number]): { readonly path: string; readonly when: 'before' | 'after' } {
  if (typeof written === 'string') return { path: written, when: 'after' };
  return { path: written.path ?? '', when: written.when ?? 'after' };
}

/** A mirror, however it is written. */
export function mirrorOf({ aptMirror }: PoolSettings): Exclude<PoolSettings['aptMirror'], string> {
  return typeof aptMirror === 'string' ? { url: aptMirror } : aptMirror;
}

/** A script in a map has a path. */
export function checkScripts(pool: PoolEntry): readonly Finding[] {
  const { provisionScripts = [] } = pool.settings;
  return provisionScripts.flatMap((script, i) =>
    typeof script === 'string' || script.path !== undefined
      ? []
      : [error(pool.path('provisionScripts', i), 'has no path', 'write path: and the script in it')],
  );
}

/** A mirror is reached from the guests, without a password, and its suites are all of one kind. */
export function checkMirror(pool: PoolEntry): readonly Finding[] {
  const { aptMirror } = pool.settings;
  if (aptMirror === undefined) return [];
  const mirror = mirrorOf(pool.settings) ?? {};
  const at = (...keys: KeyPath) => (typeof aptMirror === 'string' ? pool.path('aptMirror') : pool.path(...keys));
  const findings: Finding[] = [];
  if (mirror.url === undefined)
    findings.push(error(pool.path('aptMirror'), 'has no url', 'write url: http://... in it'));
  for (const name of ['url', 'securityUrl'] as const) {
    const url = mirror[name];
    if (url !== undefined) findings.push(...checkMirrorUrl(at('aptMirror', name), url));
  }
  const { components, securityUrl, suites = [] } = mirror;
  const folders = suites.filter(suite => suite.endsWith('/'));
  if (folders.length === 0) return findings;
  const problem = `${show(folders[0])} is a folder of packages without suites and components`;
  if (folders.length < suites.length || components !== undefined || securityUrl !== undefined)
    findings.push(
      error(
        pool.path('aptMirror', 'suites'),
        problem,
        'name folders alone, without components and securityUrl, or no folder',
      ),
    );
  return findings;
}

function checkMirrorUrl(path: KeyPath, written: string): readonly Finding[] {
  const url = URL.canParse(written) ? new URL(written) : undefined;
  // Not shown, whatever else may be wrong with it.
  if (written.includes('@'))
    return [
      error(
        path,
        'holds a user or a password, which every job could read in the base',
        'delete them, and let the guests read the mirror without',
      ),
    ];
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || /\s/.test(written))
    return [error(path, `${show(written)} is not an http or https URL`, 'write http://... or https://...')];
  if (isLoopback(url.hostname))
    return [
      error(path, `${url.hostname} is each guest itself`, 'write a name or an address that guests reach the mirror by'),
    ];
  return [];
}
