import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where distributions put the daemon; it is not on anyone's PATH. */
const daemonPaths = ['/usr/libexec/incus/incusd', '/opt/incus/bin/incusd', '/usr/lib/incus/incusd'];

/** Finds the daemon's program; undefined when it is not installed. */
export function findIncusd(): string | undefined {
  return [...daemonPaths, ...onPath('incusd')].find(isExecutable);
}

/** Finds the `incus` command; undefined when it is not installed. */
export function findIncus(): string | undefined {
  return onPath('incus').find(isExecutable);
}

function onPath(name: string): string[] {
  return (process.env.PATH ?? '').split(delimiter).map(directory => join(directory, name));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
