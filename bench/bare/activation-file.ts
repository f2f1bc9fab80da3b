import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';

/**
 * Packs an activation as the guest contract wants it, registered already: the guest has nothing to wait for, and one
 * push is all that stands between a prepared guest and its agent. One file serves every guest, since nobody signs in.
 */
export async function packActivation(
  directory: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const root = join(directory, 'activation');
  await mkdir(root, { recursive: true });
  const members = {
    name: 'bare',
    url: 'http://bare.invalid',
    pool: 'bare',
    work: '_work',
    environment: Object.entries(environment)
      .map(([name, value]) => `${name}=${value}\0`)
      .join(''),
    '.agent': '{}',
    '.credentials': '{"scheme":"OAuth","data":{}}',
    '.credentials_rsaparams': '{}',
    complete: '',
  };
  for (const [name, content] of Object.entries(members)) await writeFile(join(root, name), content, { mode: 0o600 });
  const path = join(directory, 'activation.tar');
  const owner = ['--owner=0', '--group=0', '--numeric-owner'];
  const args = ['--create', ...owner, '--file', path, '--directory', root, ...Object.keys(members)];
  await runCommand('tar', args, { signal });
  return readFile(path);
}
