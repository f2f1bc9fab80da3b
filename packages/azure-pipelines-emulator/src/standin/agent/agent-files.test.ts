import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyAsJwk, keyAsParameters } from '../../../test/known-answers.js';
import {
  isConfigured,
  keyForConfiguration,
  readCredentials,
  readKey,
  readSettings,
  removeConfiguration,
  writeCredentials,
  writeSettings,
} from './agent-files.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'agent-files-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const settings = {
  agentId: 25,
  agentName: 'a',
  poolId: 12,
  poolName: 'p',
  serverUrl: 'http://s/c',
  workFolder: '_work',
};

test('writes with a byte order mark and reads what it wrote', () => {
  expect(isConfigured(root)).toBe(false);
  writeSettings(root, settings);
  writeCredentials(root, 'OAuth', { clientId: 'c', authorizationUrl: 'http://s/t' });
  expect(isConfigured(root)).toBe(true);
  expect(readFileSync(join(root, '.agent')).subarray(0, 3).toString('hex')).toBe('efbbbf');
  expect(readSettings(root)).toEqual(settings);
  expect(readCredentials(root)).toEqual({
    scheme: 'OAuth',
    values: new Map([
      ['clientid', 'c'],
      ['authorizationurl', 'http://s/t'],
    ]),
  });
});

test('reads files without a byte order mark', () => {
  writeFileSync(join(root, '.agent'), JSON.stringify(settings));
  writeFileSync(join(root, '.credentials_rsaparams'), JSON.stringify(keyAsParameters));
  expect(readSettings(root)).toEqual(settings);
  expect(readKey(root).export({ format: 'jwk' })).toEqual(keyAsJwk);
});

test('uses the key of an earlier attempt, and leaves none behind when removed', async () => {
  const made = await keyForConfiguration(root);
  expect(statSync(join(root, '.credentials_rsaparams')).mode & 0o777).toBe(0o600);
  expect((await keyForConfiguration(root)).equals(made)).toBe(true);
  removeConfiguration(root);
  expect(() => readKey(root)).toThrow('ENOENT');
});

test('names the member that .agent lacks', () => {
  writeFileSync(join(root, '.agent'), '{"agentName":"a","poolId":1,"serverUrl":"http://s","workFolder":"w"}');
  expect(() => readSettings(root)).toThrow('read .agent: "agentId" is missing');
});
