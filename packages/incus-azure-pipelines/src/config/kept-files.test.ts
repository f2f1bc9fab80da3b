import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { keptFiles } from './kept-files.js';

test("the file of the password of the proxies is nobody else's business", () => {
  const file = { proxy: { http: 'http://proxy.example:3128', user: 'builds', password: { file: 'secrets/proxy' } } };
  const kept = keptFiles(file, [], { configPath: '/etc/x/config.yaml', directory: '/etc/x' });
  expect(kept).toContain(resolve('/etc/x/secrets/proxy'));
});
