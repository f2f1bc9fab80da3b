import { createHash } from 'node:crypto';
import { CONTRACT } from '../../model/marks.js';
import { enabledUnits, guestFiles } from '../guest/files.js';
import { cleanScript, installScript, librariesScript, tmpMount, waitForBoot } from './recipe.js';

/** All that shapes a base. */
export interface BaseInputs {
  /** What names the source image: a fingerprint, or server and alias. */
  readonly image: string;
  /** Contents of the provision scripts, in order. */
  readonly scripts: readonly string[];
  readonly agentVersion: string;
  readonly agentSha256: string;
  readonly docker: boolean;
  readonly tmpfsSizeBytes: number | undefined;
  readonly recipeDigest: string;
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
  ]);
}

/**
 * Digests what shapes a base: `v1-` and twelve hexadecimal digits. Equal inputs give equal digests; the version changes
 * when the way of computing does.
 */
export function baseDigest(inputs: BaseInputs): string {
  const { image, scripts, agentVersion, agentSha256, docker, tmpfsSizeBytes } = inputs;
  const parts = [image, scripts, agentVersion, agentSha256, docker, tmpfsSizeBytes ?? 'none', inputs.recipeDigest];
  return `v1-${sha256(parts).slice(0, 12)}`;
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
