import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentPackage } from 'azure-pipelines-emulator';
import { runCommand } from '../../testbed/run-command.js';
import { configScript, runScript } from './scripts.js';

/** Packs the shell agent into `directory` as the emulator serves packages. */
export async function buildShellPackage(directory: string, signal: AbortSignal): Promise<AgentPackage> {
  const root = join(directory, 'shell-agent');
  await mkdir(root, { recursive: true });
  for (const [name, content] of Object.entries({ 'config.sh': configScript, 'run.sh': runScript })) {
    await writeFile(join(root, name), content);
    await chmod(join(root, name), 0o755);
  }
  const path = join(directory, 'shell-agent.tar.gz');
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0'];
  await runCommand('tar', ['--create', '--gzip', ...same, '--file', path, '--directory', root, '.'], { signal });
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { path, version: '4.999.0', sha256 };
}
