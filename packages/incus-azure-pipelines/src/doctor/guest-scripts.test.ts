import { expect, test } from 'vitest';
import { addressesOf, readDocker, readServer } from './guest-scripts.js';

test('reads what a guest makes of a server', () => {
  expect(readServer('azure.test', 443, 'address 10.0.0.1\naddress 10.0.0.2\nconnects\nstatus 203\n')).toEqual({
    host: 'azure.test',
    port: 443,
    addresses: ['10.0.0.1', '10.0.0.2'],
    connects: true,
    http: { status: 203 },
  });
  const cutOff = readServer('azure.test', 443, 'complaint curl: (6) Could not resolve host\n');
  expect(cutOff).toMatchObject({
    addresses: [],
    connects: false,
    http: { complaint: 'curl: (6) Could not resolve host' },
  });
  expect(readServer('azure.test', 443, '').http).toBeUndefined();
});

test('reads whether a container ran, and what it said instead', () => {
  expect(readDocker('driver overlay2\ndoctor\n')).toEqual({ driver: 'overlay2', ran: 'doctor' });
  const denied = 'docker: Error response from daemon: runc create failed: permission denied';
  expect(readDocker(`driver overlay2\n${denied}\n`)).toEqual({ driver: 'overlay2', ran: denied });
  expect(readDocker('Cannot connect to the Docker daemon\n').driver).toBeUndefined();
  expect(readDocker('')).toEqual({ driver: undefined, ran: 'no answer in time' });
});

test('takes the addresses of the network, and not those of docker in the guest', () => {
  const at = (address: string, scope: 'global' | 'link' = 'global') =>
    ({ address, scope, family: 'inet', netmask: '24' }) as const;
  const device = (...addresses: readonly ReturnType<typeof at>[]) => ({ addresses }) as never;
  const network = {
    lo: device(at('127.0.0.1')),
    eth0: device(at('10.0.0.7'), at('fe80::1', 'link')),
    docker0: device(at('172.17.0.1')),
  };
  expect(addressesOf({ network })).toEqual(['10.0.0.7']);
});
