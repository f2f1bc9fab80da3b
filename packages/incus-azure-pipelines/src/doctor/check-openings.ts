/** Judges whether a restricted project lets in what pools ask for. Pure. */
import { liesIn } from '../lib/mounts.js';
import { openedFor } from '../model/opened-for.js';
import type { PoolSpec } from '../model/pool.js';
import { nicIn } from '../observe/fitness.js';
import type { ProjectFacts } from './facts.js';
import { type Finding, red } from './finding.js';

/** Names each key of the project that refuses what pools ask for: without that, Incus says it of every instance that is made. */
export function checkOpenings(
  { config, devices = {}, project }: Pick<ProjectFacts, 'config' | 'devices' | 'project'>,
  pools: readonly Pick<PoolSpec, 'base' | 'fittings'>[],
): Finding[] {
  if (config.restricted !== 'true') return [];
  const wanted = {
    ...openedFor(pools, nicIn(devices)?.network ?? ''),
    ...(pools.some(({ base }) => base.docker) ? { 'restricted.containers.nesting': 'allow' } : {}),
  };
  return Object.entries(wanted).flatMap(([key, value]) => {
    const lacking = lackingIn(key, value, config[key] ?? '');
    if (lacking === undefined) return [];
    return [
      red('fittings', {
        what: `project "${project}" does not let in what pools ask for: ${key} lacks ${lacking}`,
        remedy: 'call "setup" again, or add it to that key of the project: incus project edit',
      }),
    ];
  });
}

/** What a key of the project would have to say beside what it says. An empty list of networks or folders lets all of them in. */
function lackingIn(key: string, wanted: string, said: string): string | undefined {
  switch (key) {
    case 'restricted.networks.access':
      return lackingOf(wanted, said, (one, other) => one === other);
    case 'restricted.devices.disk.paths':
      return lackingOf(wanted, said, liesIn);
    case 'restricted.devices.disk':
      return said === 'allow' || (wanted === 'managed' && said !== 'block') ? undefined : wanted;
    default:
      return said === wanted ? undefined : wanted;
  }
}

function lackingOf(wanted: string, said: string, isLetIn: (one: string, other: string) => boolean): string | undefined {
  const others = said.split(',').map(other => other.trim());
  const lacking = said === '' ? [] : wanted.split(',').filter(one => one && !others.some(other => isLetIn(one, other)));
  return lacking.length === 0 ? undefined : lacking.join(', ');
}
