import { expect, test } from 'vitest';
import { settledServerUrl, withOriginOf } from './server-url.js';

test.each([
  ['https://dev.azure.com/example', 'https://dev.azure.com/example/', 'https://dev.azure.com/example/'],
  ['http://tfs.lan:8080/tfs/Coll', 'http://tfs.lan:8080/tfs/', 'http://tfs.lan:8080/tfs/'],
  ['http://10.0.0.5:8080/tfs/Coll', 'http://tfs.corp:8080/tfs/', 'http://10.0.0.5:8080/tfs/'],
  ['http://any/x', undefined, 'http://any/x'],
  ['http://any/x', '', 'http://any/x'],
])('settles on a server URL for %s that calls itself %s', (configured, published, settled) => {
  expect(settledServerUrl(configured, published)).toBe(settled);
});

test('moves a token endpoint to the host that is reachable', () => {
  expect(withOriginOf('http://tfs.corp:8080/tfs/_apis/oauth2/token', 'http://10.0.0.5:8080/tfs/')).toBe(
    'http://10.0.0.5:8080/tfs/_apis/oauth2/token',
  );
});
