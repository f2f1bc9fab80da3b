import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workTree } from '../testbed/work-tree.js';

/** The oldest Node that the program runs on, such as `20.19`, as its package says it. @throws Error when it says it in another form. */
export async function oldestNode(): Promise<string> {
  const file = join(workTree(), 'packages/incus-azure-pipelines/package.json');
  const { engines } = JSON.parse(await readFile(file, 'utf8'));
  const oldest = /^>=(\d+\.\d+)$/.exec(engines.node)?.[1];
  if (oldest === undefined) throw new Error(`engines.node in ${file} is not of the form >=20.19`);
  return oldest;
}

/** Whether a version, such as `v20.19.2`, is the oldest one or later. */
export function isFrom(oldest: string, version: string): boolean {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
