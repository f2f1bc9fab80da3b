import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../lib/secret.js';
import { type Activation, activationTar } from './activation.js';

const activation: Activation = {
  name: 'ci1-k3f9-m2x1c8',
  url: 'https://dev.example/collection',
  agentPool: 'Linux "big" pool',
  workFolder: '_work',
  environment: { 'agent.disableupdate': '1', NOTE: 'two\nlines and "quotes"' },
  credentials: { kind: 'token', token: new Secret('a-token') },
};

const registered: Activation = {
  ...activation,
  credentials: {
    kind: 'registered',
    agent: '{"agentId":7}',
    credentials: new Secret('{"scheme":"OAuth"}'),
    rsaParameters: new Secret('{"d":"x"}'),
  },
};

describe('an activation', () => {
  test('with a token lists its files for root alone and ends with the mark of completeness', () => {
    expect(listing(activationTar(activation))).toEqual([
      '-rw------- 0/0 name',
      '-rw------- 0/0 url',
      '-rw------- 0/0 pool',
      '-rw------- 0/0 work',
      '-rw------- 0/0 environment',
      '-rw------- 0/0 token',
      '-rw------- 0/0 complete',
    ]);
  });

  test("with a registration made by the host brings the agent's three files and no token", () => {
    expect(listing(activationTar(registered)).slice(5)).toEqual([
      '-rw------- 1100/1100 .agent',
      '-rw------- 1100/1100 .credentials',
      '-rw------- 1100/1100 .credentials_rsaparams',
      '-rw------- 0/0 complete',
    ]);
  });

  test('keeps every value as it is', () => {
    const tar = activationTar(activation);
    expect(member(tar, 'pool')).toBe('Linux "big" pool');
    expect(member(tar, 'environment')).toBe('agent.disableupdate=1\0NOTE=two\nlines and "quotes"\0');
    expect(member(tar, 'token')).toBe('a-token\n');
  });

  test('that was cut anywhere does not show its last member', () => {
    const tar = activationTar(registered);
    const end = lastHeader(tar);
    for (let size = 0; size <= end; size += 128) {
      expect(names(tar.subarray(0, size))).not.toContain('complete');
    }
    expect(names(tar.subarray(0, end + 512)).at(-1)).toBe('complete');
  });

  test.each([
    ['', 'x'],
    ['A=B', 'x'],
    ['A', 'x\0y'],
  ])('refuses a variable %j with value %j', (name, value) => {
    expect(() => activationTar({ ...activation, environment: { [name]: value } })).toThrow(RangeError);
  });

  test('says nothing of the token when it refuses it', () => {
    const refused = { ...activation, credentials: { kind: 'token', token: new Secret('se\0cret') } } as const;
    expect(() => activationTar(refused)).toThrow(/^token: it holds a NUL character/);
  });
});

function listing(tar: Uint8Array): string[] {
  const listed = spawnSync('tar', ['--list', '--verbose', '--numeric-owner'], { input: tar, encoding: 'utf8' });
  const fields = listed.stdout
    .trimEnd()
    .split('\n')
    .map(line => line.split(/\s+/));
  return fields.map(line => `${line[0]} ${line[1]} ${line.at(-1)}`);
}

function names(tar: Uint8Array): string[] {
  return spawnSync('tar', ['--list'], { input: tar, encoding: 'utf8' }).stdout.trimEnd().split('\n');
}

function member(tar: Uint8Array, name: string): string {
  return spawnSync('tar', ['--extract', '--to-stdout', name], { input: tar, encoding: 'utf8' }).stdout;
}

/** Offset of the header of the member `complete`. */
function lastHeader(tar: Uint8Array): number {
  return Buffer.from(tar).lastIndexOf('complete\0');
}
