/**
 * Flaws of older releases of Incus that let somebody out of what `setup` makes. Facts from the history of Incus, where each
 * commit names what it addresses, and from the changelog of Debian's package.
 */

/** Who could use it: a job, or whoever holds the certificate that confines the daemon. */
export type FlawReach = 'job' | 'certificate';

export interface IncusFlaw {
  readonly id: string;
  readonly reach: FlawReach;
  /** What it allowed. */
  readonly allowed: string;
  /** The first release without it in each line that was released when this was written. */
  readonly mendedIn: readonly string[];
  /** The revision of Debian 13's package 6.0.4-2 that is without it; undefined where its changelog does not name it. */
  readonly debianRevision: number | undefined;
}

/** How far the history of Incus was read, and the changelog of the package. What came after may mend more. */
export const FLAWS_READ_UNTIL = { incus: '2026-08-22', debian: '2026-10-29' } as const;

/** The newest revision of Debian 13's package by then; it mends more than the table names. */
export const NEWEST_DEBIAN_REVISION = 12;

export const incusFlaws: readonly IncusFlaw[] = [
  certificate(
    'CVE-2026-62313',
    'an instance without a range of ids of its own, though the project demands one',
    ['7.3.0'],
    9,
  ),
  certificate('CVE-2026-62940', 'restricted keys, devices and profiles, given with a migration', ['7.3.0'], 9),
  certificate('CVE-2026-62941', "restricted keys, brought by a copy of another project's instance", ['7.3.0'], 9),
  certificate('CVE-2026-62867', 'arguments of a command of root, by the options of a new volume', ['7.3.0'], 9),
  certificate('CVE-2026-63125', 'writing outside of the instance, by its backup.yaml', ['7.3.0'], 9),
  certificate('CVE-2026-63343', 'files outside of the instance, by its metadata.yaml', ['7.3.0'], 9),
  certificate('CVE-2026-55622', 'copies of instances of other projects', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-55621', 'copies of volumes of other projects', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-48755', 'arguments of a command of root, by the name of a compression', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-48752', 'files outside of the instance, by its templates', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-48751', 'restricted keys, brought by a snapshot that is restored', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-48750', 'files of the host, by a link in the place of recorded output', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-48749', 'files of the host, by an image whose root is a link', ['7.0.1', '7.2.0'], 8),
  certificate('CVE-2026-41685', 'uploads beyond the limits of the project', ['7.0.0'], 7),
  certificate('CVE-2026-33897', 'files of the host, read and written by templates', ['6.23.0'], 5),
  certificate('CVE-2026-23954', 'files of the host, by the paths of templates', ['6.0.6', '6.21.0'], 4),
  certificate(
    'CVE-2026-23953',
    "lines of the container's configuration, by a line end in a variable",
    ['6.0.6', '6.21.0'],
    4,
  ),
  job('CVE-2025-54288', 'passing for another guest at the socket of Incus', ['6.0.5', '6.15.0'], 1),
  job('CVE-2025-52890', 'ARP in the name of others, in spite of the filters', ['6.0.5', '6.14.0'], undefined),
  job(
    'CVE-2025-52889',
    'addresses by DHCP in the name of others, until there are none left',
    ['6.0.5', '6.14.0'],
    undefined,
  ),
];

function certificate(id: string, allowed: string, mendedIn: readonly string[], debianRevision: number): IncusFlaw {
  return { id, reach: 'certificate', allowed, mendedIn, debianRevision };
}

function job(id: string, allowed: string, mendedIn: readonly string[], debianRevision: number | undefined): IncusFlaw {
  return { id, reach: 'job', allowed, mendedIn, debianRevision };
}
