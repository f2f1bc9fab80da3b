import { expect, it } from 'vitest';
import { aPool } from '../../test/simulation/examples.js';
import type { Fittings } from '../model/fittings.js';
import { devicesOf, placeOf, profilesOf } from './devices-of.js';

const NIC = { type: 'nic', name: 'eth0', network: 'iap-a1b2c3', 'security.port_isolation': 'true' };
const PROFILE = { rootDisk: { type: 'disk', path: '/', pool: 'default' }, nic: { name: 'eth0', device: NIC } };

const { instance } = aPool();

const devicesFor = (fittings: Fittings, diskSizeBytes?: number) =>
  devicesOf(aPool({ fittings, instance: { ...instance, diskSizeBytes } }), PROFILE);

it('asks for nothing where the default profile has it all', () => {
  expect(devicesFor({})).toEqual({});
  expect(profilesOf(aPool())).toEqual({});
});

it('puts an instance into another storage pool, with its quota where there is one', () => {
  const root = { type: 'disk', path: '/', pool: 'fast' };
  expect(devicesFor({ storagePool: 'fast' })).toEqual({ root });
  expect(devicesFor({ storagePool: 'fast' }, 5)).toEqual({ root: { ...root, size: '5B' } });
  expect(devicesFor({}, 5)).toEqual({ root: { ...PROFILE.rootDisk, size: '5B' } });
});

it('keeps what keeps guests apart on another network', () => {
  expect(devicesFor({ network: 'ci' })).toEqual({ eth0: { ...NIC, network: 'ci' } });
  const bridged = { type: 'nic', nictype: 'bridged', parent: 'br0', 'security.mac_filtering': 'true' };
  expect(placeOf({ network: 'ci' }, { ...PROFILE, nic: { name: 'net0', device: bridged } })).toEqual({
    net0: { type: 'nic', 'security.mac_filtering': 'true', network: 'ci' },
  });
});

it('gives an instance its own devices and profiles, which no base gets', () => {
  const fittings = { profiles: ['gpu'], devices: { kvm: { type: 'unix-char', source: '/dev/kvm' } } };
  expect(devicesFor(fittings)).toEqual(fittings.devices);
  expect(profilesOf(aPool({ fittings }))).toEqual({ profiles: ['default', 'gpu'] });
  expect(placeOf(fittings, PROFILE)).toEqual({});
});
