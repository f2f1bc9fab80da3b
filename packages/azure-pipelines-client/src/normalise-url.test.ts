import { describe, expect, it } from 'vitest';
import { isAzurePipelinesError } from './azure-pipelines-error.js';
import { normaliseUrl } from './normalise-url.js';

describe('normaliseUrl', () => {
  it.each([
    ['https://dev.azure.com/example', 'https://dev.azure.com/example'],
    ['https://dev.azure.com/example/', 'https://dev.azure.com/example'],
    ['https://dev.azure.com/example/_settings/agentpools?poolId=9#x', 'https://dev.azure.com/example'],
    ['https://dev.azure.com/example/_apis/distributedtask/pools', 'https://dev.azure.com/example'],
    ['https://example.visualstudio.com/', 'https://example.visualstudio.com'],
    ['https://example.visualstudio.com/DefaultCollection', 'https://example.visualstudio.com/DefaultCollection'],
    ['http://tfs.lan:8080/tfs/Coll/', 'http://tfs.lan:8080/tfs/Coll'],
    ['http://tfs.lan:8080/tfs/My%20Coll?x=1', 'http://tfs.lan:8080/tfs/My%20Coll'],
    ['https://server/Coll', 'https://server/Coll'],
  ])('makes %s into %s', (url, expected) => {
    expect(normaliseUrl(url)).toBe(expected);
    expect(normaliseUrl(expected)).toBe(expected);
  });

  it.each([
    ['https://dev.azure.com/example/project', '"project" is a project', 'use https://dev.azure.com/example'],
    ['https://dev.azure.com/example/project/_git/repo', '"project" is a project', 'use https://dev.azure.com/example'],
    ['https://example.visualstudio.com/project', '"project" is a project', 'use https://example.visualstudio.com'],
    ['https://dev.azure.com/', 'the organization is missing', 'https://dev.azure.com/my-organization'],
    ['https://dev.azure.com/<my-organization>', 'placeholder', 'your own organization'],
    ['http://dev.azure.com/example', 'in the clear', 'https://'],
    ['dev.azure.com/example', 'no URL', 'https://dev.azure.com/my-organization'],
    ['ftp://server/Coll', 'ftp:', 'https://'],
  ])('refuses %s because of: %s', (url, why, remedy) => {
    const error = failureOf(url);
    expect(isAzurePipelinesError(error, 'invalid')).toBe(true);
    expect(String(error)).toContain(why);
    expect(String(error)).toContain(remedy);
  });

  it('refuses a password in the URL without repeating it', () => {
    const error = String(failureOf('https://me:hunter2@dev.azure.com/example'));
    expect(error).toContain('leave them out');
    expect(error).not.toContain('hunter2');
  });
});

function failureOf(url: string): unknown {
  try {
    return normaliseUrl(url);
  } catch (error) {
    return error;
  }
}
