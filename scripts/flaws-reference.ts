import {
  FLAWS_AS_OF,
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
    `As of ${FLAWS_AS_OF}, from the history of Incus and the changelog of Debian's package 6.0.4-2. Each let a job, or whoever`,
    'holds the certificate that confines the daemon, out of what setup makes. A release that is not older than the one named in its',
    `line has it mended. Debian's +deb13u${NEWEST_DEBIAN_REVISION} mends more, which had no name by then: have that one or a later one.`,
    '',
    '| flaw | who could use it | allowed | mended in Incus | in Debian 13 |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
