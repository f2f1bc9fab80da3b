import { describe, expect, it } from 'vitest';
import { chooseGateway, chooseInterface, overlap, parseIpv4Network } from './choose-network.js';

function network(text: string) {
  const parsed = parseIpv4Network(text);
  if (parsed === undefined) throw new Error(`not a network: ${text}`);
  return parsed;
}

describe('chooseGateway', () => {
  it('takes the subnet that chance points at when it is free', () => {
    expect(chooseGateway([], () => 0.5)).toBe('10.128.0.1');
  });

  it('moves on to the next subnet when the host has an address or a route there', () => {
    const taken = ['10.128.0.77', '10.128.1.0/24', '10.128.2.128/25'].map(network);
    expect(chooseGateway(taken, () => 0.5)).toBe('10.128.3.1');
  });

  it('jumps over a larger network that holds the subnet', () => {
    expect(chooseGateway([network('10.128.0.0/9')], () => 0.5)).toBe('10.0.0.1');
  });

  it('refuses when the host has all of 10/8', () => {
    expect(() => chooseGateway([network('10.0.0.0/8')], () => 0)).toThrow('every 10.x.y.0/24 is in use');
  });
});

describe('chooseInterface', () => {
  it('chooses a name that fits the kernel', () => {
    expect(chooseInterface('ninechars', [], () => 0.999999)).toMatch(/^ninechars[a-z0-9]{6}$/);
  });

  it('draws again when the name is taken', () => {
    const draws = [0, 0.5];
    expect(chooseInterface('iaptb', ['iaptb000000'], () => draws.shift() ?? 0)).toBe('iaptbi00000');
  });
});

describe('parseIpv4Network', () => {
  it('reads an address without a length as one host', () => {
    expect(parseIpv4Network('10.0.0.1')).toEqual({ address: 167772161, prefixLength: 32 });
  });

  it('ignores a default route, which every host has', () => {
    expect(parseIpv4Network('default')).toBeUndefined();
    expect(parseIpv4Network('0.0.0.0/0')).toBeUndefined();
  });
});

describe('overlap', () => {
  it('sees neighbours as apart', () => {
    expect(overlap(network('10.0.1.0/24'), network('10.0.2.0/24'))).toBe(false);
  });

  it('sees a network inside another, whichever is named first', () => {
    expect(overlap(network('192.168.3.0/24'), network('192.168.0.0/16'))).toBe(true);
    expect(overlap(network('192.168.0.0/16'), network('192.168.3.0/24'))).toBe(true);
  });
});
