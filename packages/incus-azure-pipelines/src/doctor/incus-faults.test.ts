import { expect, test } from 'vitest';
import { aHost, aProject, aServer } from '../../test/doctor-facts.js';
import { wrongOf } from '../../test/doctor-faults/fault.js';
import { INCUS_FAULTS, judgedIncus, POOLS } from '../../test/doctor-faults/incus-faults.js';
import { checkFlaws } from './check-incus.js';
import { checkHost, checkOwner, checkStorage } from './check-project.js';

test('where all is well everything is green', () => {
  expect(
    judgedIncus({ server: { known: true, value: aServer({ server_version: '7.3.0' }) } }).map(({ colour }) => colour),
  ).toEqual(expect.not.arrayContaining(['red', 'yellow', 'grey']));
});

test.each(INCUS_FAULTS)('finds that %s, alone', (_, finds, says) => {
  expect(wrongOf(finds)).toEqual(says.map(pattern => expect.stringMatching(pattern)));
});

test('the newest package of Debian has none of the flaws that its changelog names', () => {
  const { remedy, says } = checkFlaws('6.0.4', '6.0.4-2+deb13u12');
  expect(says).toMatch(/has 2 flaws .*; jobs can use CVE-2025-52890, CVE-2025-52889$/);
  expect(remedy).toMatch(/^the changelog of the package does not say/);
  expect(checkFlaws('6.0.4', '6.0.4-2+deb13u4').remedy).toMatch(/^update Incus to \+deb13u12 or later/);
});

test.each([
  ['7.3.0', 'green'],
  ['6.0.6', 'yellow'],
  ['6.23.0', 'yellow'],
  ['8.1.0', 'green'],
] as const)('of release %s the table is %s', (version, colour) => {
  expect(checkFlaws(version, undefined).colour).toBe(colour);
});

test('of an Incus on another host nothing is said of this one', () => {
  const findings = checkHost(aHost({ isIncusHost: false, inotify: 1 }), aProject(), POOLS);
  expect(findings.map(({ colour }) => colour)).toEqual(['grey']);
});

test('of storage and owner that cannot be seen it is told why', () => {
  const grey = (check: string, says: string) => [{ check, colour: 'grey', says }];
  const none = { devices: undefined, storage: undefined };
  expect(checkStorage(aProject({ storage: undefined }))).toEqual(
    grey('copy-on-write', 'Incus does not show its storage to this client'),
  );
  expect(checkStorage(aProject({ devices: {}, storage: undefined }))).toEqual(
    grey('copy-on-write', 'the default profile has no root disk'),
  );
  expect(checkStorage(aProject(none))).toEqual(grey('copy-on-write', 'there is no project'));
  expect([checkOwner(aProject(none))]).toEqual(grey('state-directory', 'there is no project'));
  expect([checkOwner(aProject({ ownerId: { known: false, error: 'EACCES: /var/lib/iap' } }))]).toEqual(
    grey('state-directory', 'EACCES: /var/lib/iap'),
  );
});
