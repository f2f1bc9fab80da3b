import { readFile } from 'node:fs/promises';
import { availableParallelism, release, totalmem } from 'node:os';
import { connectIncus } from 'incus-client';
import type { PrivateIncus } from '../testbed/private-incus.js';
import { runCommand } from '../testbed/run-command.js';
import { workTree } from '../testbed/work-tree.js';

/** On what host figures were taken, in words: absolute times differ from host to host. */
export async function hostConditions(incus: PrivateIncus): Promise<string> {
  await using client = connectIncus({ connection: { kind: 'unix', socketPath: incus.socketPath } });
  const { environment } = await client.server.info();
  const distribution = /^PRETTY_NAME="(.*)"$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  return [
    `${availableParallelism()} cores, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, ${distribution}, kernel ${release()},`,
    `Incus ${environment?.server_version}, btrfs on a loop file without quotas`,
  ].join('\n');
}

/** Which state of the program was measured, in words. */
export async function programConditions(): Promise<string> {
  const commit = await runCommand('git', ['-C', workTree(), 'describe', '--always', '--dirty=, changed']).catch(
    () => '',
  );
  return `The program at commit ${commit.trim() || 'unknown'}`;
}
