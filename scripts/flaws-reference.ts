import {
  FLAWS_READ_UNTIL,
  type FlawReach,
  incusFlaws,
  NEWEST_DEBIAN_REVISION,
} from '../packages/incus-azure-pipelines/src/model/incus-flaws.js';

const REACH: Readonly<Record<FlawReach, string>> = {
  certificate: "the daemon's certificate",
  job: 'a job',
};

/** The flaws of older releases of Incus as a page in Markdown. */
export function flawsReference(): string {
  const rows = incusFlaws.map(({ id, reach, allowed, mendedIn, debianRevision }) => {
    const debian = debianRevision === undefined ? 'not named' : `+deb13u${debianRevision}`;
    return `| ${id} | ${REACH[reach]} | ${allowed} | ${mendedIn.join(', ')} | ${debian} |`;
  });
  return [
    '# Flaws of older releases of Incus',
    '',
    '<!-- Written from packages/incus-azure-pipelines/src/model/incus-flaws.ts: change that, then run: npx vitest run --project floors --update -->',
    '',
    `Looked up on 2026-11-26, in the history of Incus until ${FLAWS_READ_UNTIL.incus} and the changelog of Debian's package 6.0.4-2 until`,
    `${FLAWS_READ_UNTIL.debian}. Each let a job, or whoever holds the certificate that confines the daemon, out of what setup makes. Within a`,
    'line of releases the one that is named has it mended, and later ones; lines that are not named may have got it since.',
    `Debian's +deb13u${NEWEST_DEBIAN_REVISION} mends more than these: have that one or a later one.`,
    '',
    '| flaw | who could use it | allowed | mended in Incus | in Debian 13 |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
