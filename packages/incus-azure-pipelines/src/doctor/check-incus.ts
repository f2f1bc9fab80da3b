/** Judges the Incus that answers. Pure. */
import { type IncusFlaw, incusFlaws, NEWEST_DEBIAN_REVISION } from '../model/incus-flaws.js';
import { serverObstacle } from '../observe/fitness.js';
import type { ServerFact } from './facts.js';
import { type Finding, green, red, yellow } from './finding.js';

/** Whether Incus answers. `lxdSocket` is that of an LXD on this host, where there is one. */
export function checkReachable(server: ServerFact, lxdSocket: string | undefined): Finding {
  if (server.known) return green('incus-reachable', 'Incus answers');
  const isNone = /\bENOENT\b|\bECONNREFUSED\b/.test(server.error);
  if (isNone && lxdSocket !== undefined)
    return red('incus-reachable', {
      what: `${server.error}; there is LXD at ${lxdSocket}`,
      remedy: 'install Incus: LXD cannot be used in its place',
    });
  return red('incus-reachable', { what: server.error, remedy: remedyOf(server) });
}

function remedyOf({ error, kind }: Extract<ServerFact, { known: false }>): string {
  if (/\bEACCES\b|permission denied/i.test(error))
    return 'run this as root, or put the user into the group incus-admin';
  if (/certificate|\bTLS\b|self.signed/i.test(error)) return 'let "setup" make the certificate of the daemon anew';
  if (kind === 'timeout') return 'Incus hangs or starts: see journalctl -u incus, and df of its storage';
  if (kind === 'forbidden') return 'let "setup" make a certificate, or use the local socket';
  return 'start it with: systemctl start incus.socket, or name its socket under "incus" in the configuration';
}

/** Whether it is one that agents can be made in. */
export function checkServer(info: Extract<ServerFact, { known: true }>['value']): Finding {
  const obstacle = serverObstacle(info);
  if (obstacle !== undefined) return red('incus-version', obstacle);
  return green('incus-version', `Incus ${info.environment?.server_version}`);
}

/** Whether it has flaws that are known and mended elsewhere. `debianPackage` is the version of Debian's package, if that is it. */
export function checkFlaws(version: string, debianPackage: string | undefined): Finding {
  const flaws = incusFlaws.filter(flaw => !isMended(flaw, version, debianPackage));
  const byJob = flaws.filter(({ reach }) => reach === 'job').map(({ id }) => id);
  if (flaws.length === 0) return green('incus-flaws', `no flaw of the table is open in ${debianPackage ?? version}`);
  const jobs = byJob.length === 0 ? '' : `; jobs can use ${byJob.join(', ')}`;
  const what = `Incus ${debianPackage ?? version} has ${flaws.length} flaws that later releases mended${jobs}`;
  return yellow('incus-flaws', { what, remedy: remedy(debianPackage) });
}

function remedy(debianPackage: string | undefined): string {
  const page = 'docs/reference/incus-flaws.md names them';
  const revision = revisionOf(debianPackage);
  if (revision === undefined) return `update Incus to a release that has them mended; ${page}`;
  if (revision < NEWEST_DEBIAN_REVISION) return `update Incus to +deb13u${NEWEST_DEBIAN_REVISION} or later; ${page}`;
  return `the changelog of the package does not say that it has them mended; ${page}, and later releases of Incus have`;
}

/** The revision of Debian 13's package; undefined for every other one. */
function revisionOf(debianPackage: string | undefined): number | undefined {
  const revision = /^(?:\d+:)?6\.0\.4-2\+deb13u(\d+)/.exec(debianPackage ?? '')?.[1];
  return revision === undefined ? undefined : Number(revision);
}

function isMended(flaw: IncusFlaw, version: string, debianPackage: string | undefined): boolean {
  const revision = revisionOf(debianPackage);
  if (revision !== undefined && flaw.debianRevision !== undefined && revision >= flaw.debianRevision) return true;
  const own = partsOf(version);
  const lines = flaw.mendedIn.map(partsOf);
  // Mended in its own line of releases, or in every line from one that came before it.
  if (lines.some(mended => isSameLine(mended, own) && !isBefore(own, mended))) return true;
  return lines.every(mended => !isBefore(own, mended));
}

type Parts = readonly [major: number, minor: number, patch: number];

function partsOf(version: string): Parts {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(part => Number.parseInt(part, 10) || 0);
  return [major, minor, patch];
}

/** A long-term release is a line of its own: 6.0 and 7.0; others are one after the other. */
function isSameLine(mended: Parts, own: Parts): boolean {
  return mended[0] === own[0] && mended[1] === own[1];
}

function isBefore(a: Parts, b: Parts): boolean {
  const index = a.findIndex((part, i) => part !== b[i]);
  return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0);
}
