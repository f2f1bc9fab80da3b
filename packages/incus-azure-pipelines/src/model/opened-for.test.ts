import { expect, it } from 'vitest';
import { openedFor } from './opened-for.js';

it('opens nothing where no pool asks for anything', () => {
  expect(openedFor([{}, { fittings: { limits: { nofile: 4096 } } }], 'iap-a1')).toEqual({
    'restricted.devices.disk': 'managed',
    'restricted.networks.access': 'iap-a1',
  });
});

it('opens what the pools ask for together, and nothing else', () => {
  const folder = (source: string) => ({ type: 'disk', source, path: '/opt/tools', readonly: 'true' });
  const cache = { type: 'disk', pool: 'fast', source: 'cache', path: '/srv/cache' };
  const pools = [
    { fittings: { devices: { b: folder('/srv/b'), a: folder('/srv/a'), cache }, network: 'ci' } },
    {
      fittings: { devices: { a: folder('/srv/a'), kvm: { type: 'unix-char', source: '/dev/kvm' } }, network: 'iap-a1' },
    },
  ];
  expect(openedFor(pools, 'iap-a1')).toEqual({
    'restricted.devices.disk': 'allow',
    'restricted.devices.disk.paths': '/srv/a,/srv/b',
    'restricted.devices.unix-char': 'allow',
    'restricted.networks.access': 'iap-a1,ci',
  });
  expect(openedFor([{ fittings: { devices: { gpu: { type: 'gpu' } } } }], 'iap-a1')).toMatchObject({
    'restricted.devices.disk': 'managed',
    'restricted.devices.gpu': 'allow',
  });
});
