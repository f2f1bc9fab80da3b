/** Judges what a guest could take. Pure. */
import { formatGib } from '../../lib/units.js';
import { DISK_FACT, FORKS_FACT } from '../attacks/taking.js';
import type { Trial } from './proof.js';

/** Of memory: what the host keeps, whatever a guest takes. */
export const SPARE_BYTES = 512 * 2 ** 20;

export const CORES_FACT = 'a guest has no more cores than its limit';

export const LIMITS_REMEDY =
  'see the limits of the instance: incus config show, and whether the kernel has that controller of cgroups';

/** A limit that the configuration does not set. */
export function unlimited(fact: string, what: string, key: string): Trial {
  return {
    fact,
    tried: 'nothing',
    came: `no limit is set: ${key}`,
    outcome: 'open',
    risk: `A guest takes ${what} of the host`,
    remedy: `set ${key} in the configuration`,
  };
}

/** By what `forkScript` has printed, which was to fork more often than the limit lets it. */
export function judgeForks(printed: string, limit: number): Trial {
  const trial = {
    fact: FORKS_FACT,
    tried: `fork until it is refused, with a limit of ${limit} processes`,
    came: printed || 'no word',
  };
  const [, forked, why = ''] = /^forked (\d+): (.*)$/m.exec(printed) ?? [];
  if (forked === undefined || /allocate memory/i.test(why)) return { ...trial, outcome: 'untried' };
  const isHeld = Number(forked) < limit && /temporarily unavailable/i.test(why);
  return isHeld ? { ...trial, outcome: 'passed' } : { ...trial, outcome: 'failed', remedy: LIMITS_REMEDY };
}

/** By what `nproc` says in the guest; `ofHost` is undefined where the host was not asked. */
export function judgeCores(printed: string, limit: number, ofHost: number | undefined): Trial {
  const trial = { fact: CORES_FACT, tried: `nproc, with a limit of ${limit} cores` };
  const seen = Number(printed);
  const came = `${printed || 'no word'}${ofHost === undefined ? '' : `, of ${ofHost} of the host`}`;
  if (!Number.isInteger(seen) || seen < 1) return { ...trial, came, outcome: 'untried' };
  if (seen > limit) return { ...trial, came, outcome: 'failed', remedy: LIMITS_REMEDY };
  const isShown = ofHost === undefined || limit < ofHost;
  return isShown
    ? { ...trial, came, outcome: 'passed' }
    : { ...trial, came: `${came}, which has no more than the limit`, outcome: 'untried' };
}

/** By what `diskScript` has printed, which was to take more than the limit. */
export function judgeDisk(printed: string, limitBytes: number): Trial {
  const trial = { fact: DISK_FACT, tried: `take more than ${formatGib(limitBytes)}`, came: printed || 'no word' };
  if (/quota exceeded|no space left/i.test(printed)) return { ...trial, outcome: 'passed' };
  if (!/^taken$/m.test(printed)) return { ...trial, outcome: 'untried' };
  return { ...trial, outcome: 'failed', remedy: 'see whether the storage pool has quotas: incus storage show' };
}
