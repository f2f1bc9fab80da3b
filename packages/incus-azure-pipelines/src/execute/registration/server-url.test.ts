import { expect, it } from 'vitest';
import { settledServerUrl, tokenEndpoint } from './server-url.js';

it.each([
  ['https://dev.azure.com/example', 'https://dev.azure.com/example/', true, 'https://dev.azure.com/example/'],
  ['http://tfs.lan:8080/tfs/Coll', 'http://tfs.lan:8080/tfs/', false, 'http://tfs.lan:8080/tfs/'],
  ['http://10.0.0.5:8080/tfs/Coll', 'http://tfs.corp:8080/tfs/', false, 'http://10.0.0.5:8080/tfs/'],
  ['https://dev.azure.com/example', 'https://example.visualstudio.com/', true, 'https://dev.azure.com/example'],
  ['http://any/x', undefined, false, 'http://any/x'],
  ['http://any/x', '', false, 'http://any/x'],
  ['http://any/x', 'not a URL', true, 'http://any/x'],
])('with %s configured and %s published (hosted: %s) the agent uses %s', (configured, published, hosted, settled) => {
  expect(settledServerUrl(configured, published, hosted)).toBe(settled);
});

it('posts assertions to the host by which a server on premises is reached', () => {
  const authorizationUrl = 'http://tfs.corp:8080/tfs/_apis/oauth2/token';
  expect(tokenEndpoint(authorizationUrl, 'http://10.0.0.5:8080/tfs/', false)).toBe(
    'http://10.0.0.5:8080/tfs/_apis/oauth2/token',
  );
});

it('posts assertions where a hosted server says', () => {
  const authorizationUrl = 'https://vssps.dev.azure.com/example/_apis/oauth2/token';
  expect(tokenEndpoint(authorizationUrl, 'https://dev.azure.com/example/', true)).toBe(authorizationUrl);
});
