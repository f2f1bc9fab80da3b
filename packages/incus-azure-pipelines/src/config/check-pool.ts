/** What the keys of one pool mean together. */

import { formatGib, gibToBytes } from '../lib/units.js';
import { LONGEST_PREFIX } from './agent-prefix.js';
import { checkStandby } from './check-standby.js';
import type { ConfigEnvironment } from './environment.js';
import { error, type Finding, show, warning } from './finding.js';
import { parseImageName } from './image-name.js';
import type { PoolEntry } from './pool-entry.js';
import { suggest } from './suggest.js';

/** Checks counts against each other and the length of agent names. */
export function checkCounts(pool: PoolEntry): readonly Finding[] {
  const { agentCount, reserve, agentPrefix } = pool.settings;
  const findings: Finding[] = [...checkStandby(pool)];
  // A pool is paused by agentCount: 0 alone, whatever its other keys say.
  if (agentCount !== undefined && agentCount > 0) {
    if (reserve !== undefined && reserve > agentCount) {
      findings.push(
        warning(
          pool.path('reserve'),
          `${reserve} booted instances wait behind ${agentCount} agents, and most will never be needed`,
          `reserve: ${agentCount} is enough`,
        ),
      );
    }
  }
  if (agentPrefix !== undefined && agentPrefix.length > LONGEST_PREFIX) {
    findings.push(
      error(
        pool.path('agentPrefix'),
        `has ${agentPrefix.length} characters, which makes the names of agents too long for Incus`,
        `use at most ${LONGEST_PREFIX}`,
      ),
    );
  }
  return findings;
}

/** A reserve can listen only where it is the host that registers. */
export function checkListening(pool: PoolEntry): readonly Finding[] {
  const { registration, reserveListening } = pool.settings;
  if (reserveListening !== true || registration !== 'guest') return [];
  return [
    error(
      pool.path('reserveListening'),
      'needs agents that the host registers, and this pool has registration: guest',
      'write registration: host or auto, or delete reserveListening',
      'key',
    ),
  ];
}

/** `config.sh` gives an agent no capabilities but those that it finds. */
export function checkCapabilities(pool: PoolEntry): readonly Finding[] {
  const { capabilities, registration } = pool.settings;
  if (capabilities === undefined || registration !== 'guest') return [];
  return [
    error(
      pool.path('capabilities'),
      'needs agents that the host registers, and this pool has registration: guest',
      'write registration: host or auto, or delete capabilities',
      'key',
    ),
  ];
}

/** An agent comes from the server or from a file. */
export function checkAgent(pool: PoolEntry): readonly Finding[] {
  const { agentPackage, agentVersion } = pool.settings;
  if (agentPackage === undefined || agentVersion === undefined) return [];
  const problem = 'stands beside agentPackage, and the version is that of the package';
  return [error(pool.path('agentVersion'), problem, 'delete one of the two', 'key')];
}

/** Compares sizes with each other and, where Incus is on this host, with the host. */
export function checkSizes(pool: PoolEntry, host: ConfigEnvironment | undefined): readonly Finding[] {
  const { diskSizeInGb, maxCores, maxRamInGb, tmpfsSizeInGb } = pool.settings;
  const findings: Finding[] = [];
  if (host !== undefined && maxCores !== undefined && maxCores > host.cores) {
    findings.push(
      warning(
        pool.path('maxCores'),
        `this host has ${host.cores} cores`,
        `jobs will see ${host.cores}; write maxCores: ${host.cores} to say so`,
      ),
    );
  }
  if (host !== undefined && maxRamInGb !== undefined && gibToBytes(maxRamInGb) > host.memoryBytes) {
    findings.push(
      warning(
        pool.path('maxRamInGb'),
        `this host has only ${formatGib(host.memoryBytes)} of memory`,
        'write less, so that one job cannot use up the host',
      ),
    );
  }
  if (maxRamInGb !== undefined && tmpfsSizeInGb !== undefined && tmpfsSizeInGb > maxRamInGb) {
    findings.push(
      warning(
        pool.path('tmpfsSizeInGb'),
        `a /tmp of ${tmpfsSizeInGb} GiB lies in a memory of ${maxRamInGb} GiB, and a job that fills it runs out of memory`,
        `write less than tmpfsSizeInGb: ${maxRamInGb}, or raise maxRamInGb`,
      ),
    );
  }
  // What the storage pool is made of is not known here: nothing is asked of Incus.
  if (diskSizeInGb !== undefined) {
    findings.push(
      warning(
        pool.path('diskSizeInGb'),
        'on btrfs a quota switches quotas on for the whole storage pool, for good, and each deletion then costs some 2 s of CPU',
        'delete it if the storage pool is btrfs',
      ),
    );
  }
  return findings;
}

/** Nothing is put into a base that was made by hand. */
export function checkMade(pool: PoolEntry): readonly Finding[] {
  const {
    agentPackage,
    agentVersion,
    aptMirror,
    baseMade,
    limits,
    provisionScripts = [],
    tmpfsSizeInGb,
  } = pool.settings;
  if (baseMade !== true) return [];
  const scripts = provisionScripts.length === 0 ? undefined : provisionScripts;
  return Object.entries({
    agentPackage,
    agentVersion,
    aptMirror,
    limits,
    provisionScripts: scripts,
    tmpfsSizeInGb,
  }).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const problem = 'would be put into the base, and baseMade says that it is made already';
    return [error(pool.path(name), problem, 'put it there by hand and delete this key, or delete baseMade', 'key')];
  });
}

const BUILT_IN_REMOTES = ['local', 'images', 'instance'] as const;

/** Checks that `baseImage` names a remote there is, and that image servers are reached safely. */
export function checkImages(pool: PoolEntry): readonly Finding[] {
  const { baseImage, imageServer, remotes = {} } = pool.settings;
  const findings: Finding[] = [];
  if (baseImage !== undefined) {
    const { remote, alias } = parseImageName(baseImage);
    const known = [...BUILT_IN_REMOTES, ...Object.keys(remotes)];
    if (alias.trim() === '') {
      findings.push(
        error(
          pool.path('baseImage'),
          `${show(baseImage)} names no image`,
          'write the alias behind the colon, as in images:ubuntu/24.04',
        ),
      );
    } else if (remote !== undefined && !known.includes(remote)) {
      const near = suggest(remote, known);
      const remedy =
        near === undefined
          ? `add ${show(remote)} under "remotes:"; known are ${known.join(', ')}`
          : `did you mean "${near}:${alias}"?`;
      findings.push(error(pool.path('baseImage'), `there is no remote ${show(remote)}`, remedy));
    }
  }
  for (const name of BUILT_IN_REMOTES) {
    if (!Object.hasOwn(remotes, name)) continue;
    const remedy =
      name !== 'images' ? 'take another name' : 'take another name, or write this server under "imageServer:"';
    findings.push(error(pool.path('remotes', name), `"${name}" already has a meaning`, remedy, 'key'));
  }
  const servers = [['imageServer'], ...Object.keys(remotes).map(name => ['remotes', name])];
  for (const [i, server] of [imageServer, ...Object.values(remotes)].entries()) {
    const keys = servers[i] ?? [];
    if (server !== undefined && server.url === undefined) {
      findings.push(error(pool.path(...keys), 'has no url', 'write url: https://... in it', 'key'));
    } else if (server?.url !== undefined && !(URL.canParse(server.url) && new URL(server.url).protocol === 'https:')) {
      findings.push(
        error(pool.path(...keys, 'url'), `${show(server.url)} is not an https URL`, 'write url: https://...'),
      );
    }
  }
  return findings;
}
