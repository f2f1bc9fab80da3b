import { describe, expect, it } from 'vitest';
import { agentPattern, parseNoProxy, proxyOf } from './no-proxy.js';

const PROXY = { http: 'http://proxy.example:3128', https: 'http://proxy.example:3129' };

it.each([
  ['corp.example', 'corp.example'],
  ['.Corp.Example', 'corp.example'],
  ['*.corp.example', 'corp.example'],
  ['tfs', 'tfs'],
  ['10.1.2.3', '10.1.2.3'],
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['fd00::1', 'fd00::1'],
])('takes %s', (text, entry) => {
  expect(parseNoProxy(text)).toBe(entry);
});

it.each(['', '*', '10.0.0.0/33', '10.0.0', 'fd00::/8', 'a,b', 'corp.example:8080', 'http://corp.example', '-a', 'a b'])(
  'does not take "%s"',
  text => {
    expect(parseNoProxy(text)).toBeUndefined();
  },
);

describe.each([
  ['corp.example', 'https://corp.example/x', true],
  ['corp.example', 'https://tfs.Corp.example:8443', true],
  ['corp.example', 'https://notcorp.example', false],
  ['corp.example', 'https://corp.example.org', false],
  ['corp.example', 'https://corp-example', false],
  ['10.1.2.3', 'http://10.1.2.3:8080', true],
  ['10.1.2.3', 'http://10.1.2.30', false],
  ['10.0.0.0/8', 'http://10.255.1.2', true],
  ['10.0.0.0/8', 'http://11.0.0.1', false],
  ['172.16.0.0/12', 'http://172.31.255.254:81', true],
  ['172.16.0.0/12', 'http://172.32.0.1', false],
  ['192.168.4.128/25', 'https://192.168.4.200', true],
  ['192.168.4.128/25', 'https://192.168.4.100', false],
  ['fd00::1', 'http://[fd00::1]:8080', true],
  ['fd00::1', 'http://[fd00::2]:8080', false],
  ['10.0.0.0/8', 'https://ten.example', false],
])('%s and %s', (entry, text, isReachedWithout) => {
  const url = new URL(text);

  it(`are ${isReachedWithout ? 'one' : 'two'}`, () => {
    const used = url.protocol === 'http:' ? PROXY.http : PROXY.https;
    expect(proxyOf(url, { ...PROXY, noProxy: [entry] })).toBe(isReachedWithout ? undefined : used);
  });

  it(`are ${isReachedWithout ? 'one' : 'two'} for Microsoft's agent`, () => {
    // It shows its patterns this much of a URL.
    const shown = `${url.protocol}//${url.hostname}${url.port === '' ? '' : `:${url.port}`}`;
    expect(new RegExp(agentPattern(entry), 'i').test(shown)).toBe(isReachedWithout);
  });
});

it('never asks the proxy for the machine itself', () => {
  expect(proxyOf(new URL('http://127.0.0.1:1'), { ...PROXY, noProxy: [] })).toBeUndefined();
  expect(proxyOf(new URL('https://[::1]/'), { ...PROXY, noProxy: [] })).toBeUndefined();
});

it('goes straight where there is no proxy for the scheme', () => {
  expect(proxyOf(new URL('http://a.example'), { ...PROXY, http: undefined, noProxy: [] })).toBeUndefined();
  expect(proxyOf(new URL('https://a.example'), undefined)).toBeUndefined();
});
