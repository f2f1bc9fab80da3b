import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';
import { workTree } from '../../testbed/work-tree.js';

/** Writes one file for each ending, JSON as the formatter of this work tree wants it, and returns their path without one. */
export async function writeResults(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(workTree(), 'bench', 'results');
  await mkdir(directory, { recursive: true });
  const path = join(directory, name);
  for (const [ending, text] of Object.entries(files)) await writeFile(`${path}.${ending}`, text);
  if (files.json !== undefined) {
    const biome = join(workTree(), 'node_modules', '.bin', 'biome');
    await runCommand(biome, [
      'format',
      '--write',
      '--vcs-enabled=false',
      `--config-path=${workTree()}`,
      `${path}.json`,
    ]);
  }
  return path;
}
