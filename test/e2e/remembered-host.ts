import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../../testbed/scenario.js';

/** Leaves what a daemon leaves that has seen this server take agents which the host registered. */
export async function rememberHost({ directory, emulator }: Scenario): Promise<void> {
  const folder = join(directory, 'state', 'host-registration');
  await mkdir(folder, { recursive: true });
  const name = createHash('sha256').update(`${emulator.url} default`).digest('hex').slice(0, 16);
  await writeFile(join(folder, name), '');
}
