/** What the doctor is to find: the tests hold it to that, and the reference of errors shows what it says. */
import type { Finding } from '../../src/doctor/finding.js';

/** Something that is wrong, what the doctor finds then, and what each finding that is not as it should be has to say. */
export type Fault = readonly [name: string, finds: readonly Finding[], says: readonly RegExp[]];

/** What agents fail of, or a person should know. */
export function troublesIn(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ colour }) => colour === 'red' || colour === 'yellow');
}

/** The same as one line each, with the remedy. */
export function wrongOf(findings: readonly Finding[]): readonly string[] {
  return troublesIn(findings).map(({ check, colour, remedy, says }) => `${colour} ${check}: ${says} -> ${remedy}`);
}
