import { join } from 'node:path';
import { runCommand } from './run-command.js';

/** The environment in which `incus` talks to the daemon in a directory, and keeps out of the user's own settings. */
export function incusEnvironment(directory: string): NodeJS.ProcessEnv {
  // Undefined takes it out: it would lead to another daemon, past INCUS_DIR.
  return { ...process.env, INCUS_SOCKET: undefined, INCUS_DIR: directory, INCUS_CONF: join(directory, 'client') };
}

/** Lists the instances of all projects of the daemon in a directory, by `incus list`. */
export async function listInstances(
  directory: string,
  deadlineMs: number,
): Promise<{ readonly name: string; readonly project: string }[]> {
  const args = ['query', '/1.0/instances?recursion=1&all-projects=true'];
  const text = await runCommand('incus', args, { env: incusEnvironment(directory), deadlineMs });
  const instances = JSON.parse(text) as { name: string; project: string }[];
  return instances.map(({ name, project }) => ({ name, project }));
}
