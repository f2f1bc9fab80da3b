import { createHash } from 'node:crypto';
import type { AptMirror } from '../../model/apt-mirror.js';
import { CONTRACT } from '../../model/marks.js';
import type { AgentSource, ImageSource, ProvisionScript } from '../../model/pool.js';
import { enabledUnits, guestFiles } from '../guest/files.js';
import { limitsDropIn, toolFolderScript } from './fit-base.js';
import { dockerScripts } from './fit-docker.js';
import { mirrorScript } from './mirror-script.js';
import { cleanScript, installScript, librariesScript, tmpMount, waitForBoot } from './recipe.js';

/** What shapes a base and is a person's own: the configuration, and this program. */
export interface OwnInputs {
  /** Where the image comes from. */
  readonly image: ImageSource;
  /** Which agent is asked for, or the hash of the one that is given; undefined where one is in the image. */
  readonly agent: Exclude<AgentSource, { kind: 'file' }> | { readonly sha256: string } | undefined;
  /** The provision scripts, in order. */
  readonly scripts: readonly Pick<ProvisionScript, 'content' | 'when'>[];
  readonly aptMirror: AptMirror | undefined;
  readonly isMade: boolean;
  readonly docker: boolean;
  readonly tmpfsSizeBytes: number | undefined;
  readonly recipeDigest: string;
  /** PEM texts of authorities. */
  readonly authorities: readonly string[];
  /** Whether IPv6 stays on whatever the network of the build has. */
  readonly ipv6: boolean;
  /** What docker is given beyond what all are; empty where that is nothing. */
  readonly dockerInputs: readonly unknown[];
  /** What of the pool's fittings is in the base; empty where there is none. */
  readonly fittings: readonly unknown[];
}

/** All that shapes a base. */
export interface BaseInputs {
  /** Digest of {@link OwnInputs}. */
  readonly own: string;
  /** What names the source image: a fingerprint, or server and alias. */
  readonly image: string;
  /** Of the agent that is installed; undefined for none. */
  readonly agent: { readonly version: string; readonly sha256: string } | undefined;
}

/** Digests what every base has: the guest files and the scripts that build it. */
export function recipeDigest(): string {
  return sha256([
    CONTRACT,
    guestFiles,
    enabledUnits,
    waitForBoot,
    installScript,
    librariesScript,
    cleanScript,
    tmpMount(0),
    toolFolderScript,
    dockerScripts,
    limitsDropIn({}),
  ]);
}

/** Digests a person's own part of what shapes a base. */
export function ownDigest({
  image,
  agent,
  scripts,
  aptMirror,
  isMade,
  docker,
  tmpfsSizeBytes,
  recipeDigest: recipe,
  authorities,
  ipv6,
  fittings,
  dockerInputs,
}: OwnInputs): string {
  const source = 'server' in image ? [image.alias, image.server.protocol, image.server.url] : [image.alias];
  const wish =
    agent === undefined ? '' : 'sha256' in agent ? agent.sha256 : agent.kind === 'latest' ? 'latest' : agent.version;
  const mirror = aptMirror === undefined ? '' : mirrorScript(aptMirror);
  const provision = scripts.map(({ content, when }) => [content, when]);
  return digest([
    image.kind,
    source,
    wish,
    provision,
    mirror,
    isMade,
    docker,
    tmpfsSizeBytes ?? 'none',
    recipe,
    ...(authorities.length === 0 ? [] : [['authorities', authorities]]),
    ...(ipv6 ? ['ipv6'] : []),
    ...fittings,
    ...dockerInputs,
  ]);
}

/**
 * Digests what shapes a base: `v2-` and twelve hexadecimal digits. Equal inputs give equal digests; the version changes
 * when the way of computing does.
 */
export function baseDigest({ own, image, agent }: BaseInputs): string {
  return digest([own, image, agent?.version ?? '', agent?.sha256 ?? '']);
}

function digest(parts: readonly unknown[]): string {
  return `v2-${sha256(parts).slice(0, 12)}`;
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
