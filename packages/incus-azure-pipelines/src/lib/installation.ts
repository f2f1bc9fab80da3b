/**
 * The state directory: who we are and what a person wishes. Of the agents nothing is kept here; they are found again
 * in Incus and Azure.
 */
import { createHash, randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from './user-error.js';

/** Length of the digest that stands in every name. */
const OWNER_DIGEST_LENGTH = 6;

export interface Installation {
  /** Random, made once: it marks what is ours. */
  readonly ownerId: string;
  /** Short digest of it, part of every agent's name. */
  readonly owner: string;
  readonly directory: string;
}

/** Opens the state directory and makes it, with a new owner id, where it is not there. @throws UserError when it cannot be used. */
export async function openInstallation(directory: string): Promise<Installation> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    return installationOf(directory, await readOrMake(ownerPath(directory), newOwnerId));
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** Looks into the state directory and makes nothing; undefined where no daemon has begun yet. @throws UserError when it cannot be used. */
export async function findInstallation(directory: string): Promise<Installation | undefined> {
  try {
    return installationOf(directory, (await readFile(ownerPath(directory), 'utf8')).trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unusable(directory, error);
  }
}

/**
 * Gives the state directory an owner id that was lost, in place of the one that it may have. The daemon must not run.
 *
 * @throws UserError when the id is none, or the directory cannot be used.
 */
export async function setOwner(directory: string, ownerId: string): Promise<Installation> {
  const installation = installationOf(directory, ownerId);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await replaceFile(ownerPath(directory), `${ownerId}\n`);
    // Root does this for a daemon that is somebody else.
    const { uid, gid } = await stat(directory);
    await chown(ownerPath(directory), uid, gid);
    return installation;
  } catch (error) {
    throw unusable(directory, error);
  }
}

/** An installation as a first start would make it; it stands nowhere, and the next one has another owner. */
export function imagineInstallation(directory: string): Installation {
  return installationOf(directory, newOwnerId());
}

/** An installation by its owner's id, wherever that comes from. @throws UserError when the id is none. */
export function installationOf(directory: string, ownerId: string): Installation {
  if (!/^[0-9a-f]{32}$/.test(ownerId))
    throw new UserError(`${ownerPath(directory)}: not an owner id; restore it, or delete it to begin anew`);
  const owner = createHash('sha256').update(ownerId).digest('hex').slice(0, OWNER_DIGEST_LENGTH);
  return { ownerId, owner, directory };
}

function unusable(directory: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new UserError(`state directory ${directory} cannot be used (${why}); set stateDirectory to one that can`);
}

/** What a person drains, a line each; the wish outlives the daemon. @throws UserError when it cannot be read. */
export async function readDrained(installation: Installation): Promise<readonly string[]> {
  const text = await readFile(wishesPath(installation), 'utf8').catch(error => {
    // A wish that cannot be read is not taken back by that.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw unusable(installation.directory, error);
  });
  return text.split('\n').filter(line => line !== '');
}

/** Replaces the wishes, whole or not at all. */
export async function writeDrained(installation: Installation, wishes: readonly string[]): Promise<void> {
  await replaceFile(wishesPath(installation), wishes.map(wish => `${wish}\n`).join(''));
}

/** Names this boot of the host. Source: `/proc/sys/kernel/random/boot_id`. */
export async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** In which boot of the host a daemon of this installation looked last; undefined where none ever did. */
export async function lastBoot(installation: Installation): Promise<string | undefined> {
  return (await readFile(bootPath(installation), 'utf8').catch(() => '')).trim() || undefined;
}

/** Notes that a daemon looked in this boot of the host. @throws Error when it cannot be written. */
export async function noteBoot(installation: Installation, boot: string): Promise<void> {
  await replaceFile(bootPath(installation), `${boot}\n`);
}

/** Replaces a file of the state directory, whole or not at all. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}

function newOwnerId(): string {
  return randomBytes(16).toString('hex');
}

function ownerPath(directory: string): string {
  return join(directory, 'owner');
}

function bootPath({ directory }: Installation): string {
  return join(directory, 'boot');
}

function wishesPath({ directory }: Installation): string {
  return join(directory, 'drained');
}

async function readOrMake(path: string, make: () => string): Promise<string> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(`${make()}\n`);
    await file.sync();
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(path, 'utf8')).trim();
}
