import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parseConfig } from '../src/config/load.js';

/** The host that configurations are checked against. */
export const HOST = {
  variables: { AZURE_PAT: ' from-variable\n', PATH: '/nonexistent:/usr/bin:/bin' },
  hostname: 'CI_1.example.com',
  cores: 8,
  memoryBytes: 32 * 2 ** 30,
};

/** The least that a file has to say. */
export const ONE_POOL =
  'agentCount: 2\nbaseImage: debian/13\nazure: {pat: token, url: https://dev.azure.com/contoso/, pool: Default}\n';

/** A folder for the files of one test file, there while its tests run. */
export function useConfigFolder() {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'load-config-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  return {
    path: (name: string) => join(directory, name),
    /** Checks a text as if it were a file of the folder. */
    read: (text: string) => parseConfig(text, join(directory, 'config.yaml'), HOST),
    /** Writes a file and gives back its path. */
    write: async (name: string, content: string, mode = 0o600): Promise<string> => {
      const path = join(directory, name);
      await writeFile(path, content);
      await chmod(path, mode);
      return path;
    },
  };
}
