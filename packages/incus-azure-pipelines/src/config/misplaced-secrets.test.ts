import { expect, test } from 'vitest';
import { useConfigFolder } from '../../test/config-folder.js';
import { loadConfig } from './load.js';
import { ConfigError } from './message.js';

/** Made up, and long as tokens are. */
const TOKEN = 'abcdefgh1jklmnopqrstuvwxyz2345abcdefghijklmnopqrstuv';
const folder = useConfigFolder();

async function refusal(azure: string, more = ''): Promise<string> {
  const text = `agentCount: 1\nbaseImage: images:debian/13\nazure: {url: https://dev.azure.com/contoso, pool: linux${azure}}\n${more}`;
  const path = await folder.write('config.yaml', text);
  const error = await loadConfig(path).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  if (!(error instanceof ConfigError)) throw new Error('the configuration was accepted');
  return error.message;
}

test.each([
  [`, pat: {file: ${TOKEN}}`, 'azure.pat: there is no such file, and its name looks like the token itself'],
  [`, pat: {env: ${TOKEN}}`, 'azure.pat: there is no such variable, and its name looks like the token itself'],
  [`, pat: {${TOKEN}: }`, 'azure.pat.(a long word): unknown key'],
  [`, pat: [${TOKEN}]`, 'azure.pat: is not a token'],
  [`, auth: ${TOKEN}`, 'azure.auth: a long word is not a map'],
  [`, auth: {pat: {file: ${TOKEN}}}`, 'azure.auth.pat: there is no such file'],
  [`, auth: {command: ${TOKEN}}`, 'azure.auth.command: a long word is not a map'],
  [`, auth: {servicePrincipal: ${TOKEN}}`, 'azure.auth.servicePrincipal: a long word is not a map'],
  [`, patExpires: ${TOKEN}`, 'azure.patExpires: a long word is not a day'],
  [`, ${TOKEN}: 1`, 'azure.(a long word): unknown key'],
])('what may be a token is not repeated where it stands in the place of something else: %s', async (azure, says) => {
  const told = await refusal(azure);
  expect(told).toContain(says);
  expect(told).not.toContain(TOKEN);
});

test('nor where it is the number of agents, or a key beside it', async () => {
  expect(await refusal(', pat: good', `standby: ${TOKEN}\n`)).toContain('standby: a long word is not a whole number');
  expect(await refusal(', pat: good', `${TOKEN}: 1\n`)).toContain('(a long word): unknown key');
});
