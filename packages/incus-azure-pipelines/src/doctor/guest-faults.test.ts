import { expect, test } from 'vitest';
import { aGuest, aHost, aNetwork } from '../../test/doctor-facts.js';
import { wrongOf } from '../../test/doctor-faults/fault.js';
import { GUEST_FAULTS } from '../../test/doctor-faults/guest-faults.js';
import { judged } from '../../test/judged-guest.js';
import { checkGuest, checkLeft } from './check-guest.js';

test.each(GUEST_FAULTS)('finds that %s', (_, finds, says) => {
  expect(wrongOf(finds)).toEqual(says.map(pattern => expect.stringMatching(pattern)));
});

test.each([
  ['unwanted', true, 'no pool wants docker'],
  ['lacking', true, 'docker is not in base iap-base-a1b2c3-0'],
  ['lacking', false, 'docker is shown once there is a base: "base build"'],
] as const)('where docker is %s, and a base there: %s, it is grey and says so', (docker, hasBase, says) => {
  const found = judged({ guest: { docker, hasBase } }).find(({ check }) => check === 'guest-docker');
  expect(found).toEqual({ check: 'guest-docker', colour: 'grey', says });
});

test('a guest that was made and then lost is not told as one that cannot be made', () => {
  const around = { host: aHost(), network: aNetwork(), reached: new Map() };
  const [made] = checkGuest({ known: false, error: 'instance not found', kind: 'lost' }, around);
  expect(made).toMatchObject({
    colour: 'red',
    says: 'a guest was made, and cannot be looked into: instance not found',
  });
});

test('a guest that did not go is told beside what was seen in it, with the way to delete it', () => {
  expect(checkLeft([{ name: 'iap-doctor-1a2b', error: 'busy' }], 'ci')).toEqual([
    {
      check: 'guest-removed',
      colour: 'yellow',
      says: 'guest iap-doctor-1a2b is left: busy',
      remedy: 'delete it with: incus delete --force iap-doctor-1a2b --project ci',
    },
  ]);
});

test('what this host does not reach either is not said to be kept from guests where agents sign in', () => {
  const [host, port, signIn] = ['vssps.dev.azure.com', 443, 'https://vssps.dev.azure.com'] as const;
  const server = { host, port, signIn, addresses: [], connects: false, http: undefined };
  const around = { host: aHost(), network: aNetwork(), reached: new Map([[`${host}:${port}`, false]]) };
  expect(wrongOf(checkGuest({ known: true, value: aGuest({ servers: [server] }) }, around))).toEqual([
    expect.stringMatching(/^red guest-sign-in: .* and this host cannot connect to it either -> mend that first/),
  ]);
});
