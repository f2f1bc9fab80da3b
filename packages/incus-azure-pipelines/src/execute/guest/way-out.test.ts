import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../lib/secret.js';
import type { ProxySpec } from '../../model/proxy.js';
import { agentWayOutScript, besideWayOut, wayOutScript } from './way-out.js';

const PASSWORD = 'p@ss:w%rd/\'"$(x)!';
const ENCODED = 'p%40ss%3Aw%25rd%2F%27%22%24%28x%29%21';
const spec: ProxySpec = {
  http: 'http://proxy.example:3128',
  https: 'http://secure.example:80',
  noProxy: ['corp.example', '10.0.0.0/8'],
  user: 'builds',
};
const proxy = { spec, password: new Secret(PASSWORD) };
const open = { spec: { ...spec, user: undefined }, password: undefined };
const SERVER = 'https://dev.example/contoso';
const checker = 'shellcheck';
const hasChecker = spawnSync(checker, ['--version']).status === 0;

/** What a script writes to a file, read by the shell itself. */
function written(script: Secret | undefined, path: string): readonly string[] {
  const line = script
    ?.reveal()
    .split('\n')
    .find(one => one.endsWith(` >${path}`));
  const ran = spawnSync('bash', ['-c', line?.slice(0, -` >${path}`.length) ?? 'exit 1'], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\n').slice(0, -1);
}

const environment = (script: Secret | undefined) =>
  Object.fromEntries(written(script, '/run/iap/way-out.env').map(pair => pair.split(/=(.*)/s).slice(0, 2)));

describe('what a machine is told of the way out', () => {
  test('is nothing where there are no proxies and no authorities', () => {
    expect(wayOutScript({ proxy: undefined, trusts: false })).toBeUndefined();
    expect(agentWayOutScript({ proxy: undefined, trusts: false }, SERVER)).toBeUndefined();
  });

  test('holds user and password in the URLs, whatever the password holds, and the port always', () => {
    const both = {
      http_proxy: `http://builds:${ENCODED}@proxy.example:3128`,
      https_proxy: `http://builds:${ENCODED}@secure.example:80`,
      no_proxy: 'localhost,127.0.0.1,::1,corp.example,10.0.0.0/8',
    };
    const upper = Object.fromEntries(Object.entries(both).map(([name, value]) => [name.toUpperCase(), value]));
    expect(environment(wayOutScript({ proxy, trusts: false }))).toEqual({ ...both, ...upper });
  });

  test('tells an agent who signs in, in its own variables, and to publish none of it', () => {
    const told = environment(agentWayOutScript({ proxy, trusts: false }, SERVER));
    expect(told).toMatchObject({ VSTS_HTTP_PROXY_USERNAME: 'builds', VSTS_HTTP_PROXY_PASSWORD: PASSWORD });
    const secret = Object.keys(told).filter(name => /p@ss|p%40ss/.test(told[name] ?? ''));
    expect(told.VSO_AGENT_IGNORE?.split(',')).toEqual(expect.arrayContaining(secret));
  });

  test('names the proxy that leads to the server in .proxy, without its user', () => {
    const of = (url: string) => written(agentWayOutScript({ proxy, trusts: false }, url), '/home/agent/.proxy');
    expect(of(SERVER)).toEqual(['http://secure.example:80']);
    expect(of('http://dev.example/contoso')).toEqual(['http://proxy.example:3128']);
    expect(of('https://tfs.corp.example/contoso')).toEqual(['http://secure.example:80']);
  });

  test('has a pattern in .proxybypass for each name, so that it means to the agent what it means to others', () => {
    const patterns = written(agentWayOutScript({ proxy, trusts: false }, SERVER), '/home/agent/.proxybypass');
    const isWithout = (url: string) => patterns.some(pattern => new RegExp(pattern, 'i').test(url));
    expect(isWithout('https://tfs.corp.example')).toBe(true);
    expect(isWithout('http://10.9.8.7:8080')).toBe(true);
    expect(isWithout('https://corp.example.org')).toBe(false);
  });

  test('names a file of authorities where the base trusts more than its image', () => {
    const script = agentWayOutScript({ proxy: undefined, trusts: true }, SERVER);
    const [certificates] = written(script, '/home/agent/.certificates');
    expect(JSON.parse(certificates ?? '')).toMatchObject({ caCert: '/etc/ssl/certs/ca-certificates.crt' });
    expect(environment(script)).toMatchObject({ NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt' });
  });

  test.each([
    ['proxies with a password', { proxy, trusts: true }],
    ['proxies without', { proxy: open, trusts: false }],
    ['authorities alone', { proxy: undefined, trusts: true }],
  ])('is bash that parses, with %s', (_, way) => {
    for (const script of [wayOutScript(way), agentWayOutScript(way, SERVER)]) {
      const input = script?.reveal() ?? '';
      expect(spawnSync('bash', ['-n'], { input, encoding: 'utf8' }).stderr).toBe('');
      if (hasChecker)
        expect(spawnSync(checker, ['--exclude=SC2016', '-'], { input, encoding: 'utf8' }).stdout).toBe('');
    }
  });

  test('is published by no pool that says itself what is not', () => {
    const said = besideWayOut({ VSO_AGENT_IGNORE: 'MINE', OTHER: 'x' }, spec);
    expect(said.OTHER).toBe('x');
    expect(said.VSO_AGENT_IGNORE?.split(',')).toEqual(
      expect.arrayContaining(['MINE', 'http_proxy', 'VSTS_HTTP_PROXY_PASSWORD']),
    );
    expect(besideWayOut({ VSO_AGENT_IGNORE: 'MINE' }, undefined)).toEqual({ VSO_AGENT_IGNORE: 'MINE' });
  });
});
