import { expect, it } from 'vitest';
import { egressRules } from './acl-rules.js';

const none = { hostAddresses: [] };

function allows(rules: ReturnType<typeof egressRules>, name: string): string | undefined {
  return rules.find(({ description }) => description === name)?.destination;
}

it('guests reach the public addresses and no others', () => {
  const rules = egressRules([], none, [4]);
  expect(rules.map(({ action, description }) => `${action} ${description}`)).toEqual(['allow the Internet, IPv4']);
  expect(allows(rules, 'the Internet, IPv4')?.split(',')).toEqual([
    '1.0.0.0-9.255.255.255',
    '11.0.0.0-100.63.255.255',
    '100.128.0.0-126.255.255.255',
    '128.0.0.0-169.253.255.255',
    '169.255.0.0-172.15.255.255',
    '172.32.0.0-191.255.255.255',
    '192.0.1.0-192.167.255.255',
    '192.169.0.0-198.17.255.255',
    '198.20.0.0-223.255.255.255',
  ]);
});

it('an address of the host is not the Internet, though it is public', () => {
  const rules = egressRules([], { hostAddresses: ['203.0.113.5'] }, [4]);
  expect(allows(rules, 'the Internet, IPv4')).toContain('198.20.0.0-203.0.113.4,203.0.113.6-223.255.255.255');
});

it('what is named is opened by its name, with its port', () => {
  const opening = { name: 'packages', addresses: ['10.1.2.3', '192.168.0.0/24'], port: 443 };
  expect(egressRules([opening], none, [4]).at(-1)).toEqual({
    action: 'allow',
    state: 'enabled',
    description: 'packages',
    destination: '10.1.2.3,192.168.0.0-192.168.0.255',
    protocol: 'tcp',
    destination_port: '443',
  });
});

it('what is on the Internet needs no rule, except an address of the host', () => {
  const opening = { name: 'packages', addresses: ['203.0.113.5'], port: 443 };
  expect(egressRules([opening], none, [4])).toHaveLength(1);
  expect(egressRules([opening], { hostAddresses: ['203.0.113.5'] }, [4])).toHaveLength(2);
});

it('IPv6 is opened where guests have it, as far as it is given out to the Internet', () => {
  const opening = { name: 'packages', addresses: ['10.1.2.3', 'fd00::1'], port: undefined };
  expect(allows(egressRules([opening], none, [4]), 'packages')).toBe('10.1.2.3');
  const rules = egressRules([opening], none, [4, 6]);
  expect(rules.filter(({ description }) => description === 'packages').map(({ destination }) => destination)).toEqual([
    '10.1.2.3',
    'fd00:0:0:0:0:0:0:1',
  ]);
  expect(allows(rules, 'the Internet, IPv6')?.split(',')).toEqual([
    '2000:0:0:0:0:0:0:0-2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:1:0:0:0:0:0:0-2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '2003:0:0:0:0:0:0:0-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  ]);
});
