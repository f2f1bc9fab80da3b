import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ImageRecipe, imageRecipe } from './image-recipe.js';
import { identifyProcess } from './process-identity.js';
import { runCommand } from './run-command.js';

/** The two files of an image, as `incus image import` takes them. */
export interface ImageFiles {
  readonly metadata: string;
  readonly rootfs: string;
}

/** Where and how an image is built. */
export interface BuildImageOptions {
  /** Holds one finished image; older ones are removed when a new one is complete. */
  readonly cacheDirectory: string;
  /** Is given one line before each long step. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const buildDeadlineMs = 600_000;

/**
 * Builds a bootable image of this host's own distribution from its packages, or returns the one built before.
 *
 * An image is good for the month it was built in: its packages grow old. It appears in the cache complete or not at
 * all, also when the build is aborted or killed.
 *
 * @throws Error when the archive of the distribution is out of reach, or root is missing.
 */
export async function buildImage(options: BuildImageOptions): Promise<ImageFiles> {
  const release = parseOsRelease(await readFile('/etc/os-release', 'utf8'));
  const key = imageKey(imageRecipe, release, new Date());
  const finished = join(options.cacheDirectory, key);
  if (!existsSync(finished)) await buildInto(finished, release, options);
  return filesIn(finished);
}

/** The distribution and the release a host runs. */
export interface OsRelease {
  readonly id: string;
  readonly codename: string;
}

/** Parses os-release(5). @throws Error when it names no codename, which is what the archive calls the release. */
export function parseOsRelease(text: string): OsRelease {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}=["']?([^"'\n]*)`, 'm').exec(text)?.[1]?.trim() || undefined;
  const codename = value('VERSION_CODENAME');
  if (codename === undefined) throw new Error('read /etc/os-release: it has no VERSION_CODENAME to build an image of');
  return { id: value('ID') ?? 'linux', codename };
}

/** Names an image by everything that shapes it, and by the month. */
export function imageKey(recipe: ImageRecipe, release: OsRelease, at: Date): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([recipe, release, process.arch]))
    .digest('hex');
  return `${release.id}-${release.codename}-${at.toISOString().slice(0, 7)}-${digest.slice(0, 12)}`;
}

async function buildInto(finished: string, release: OsRelease, options: BuildImageOptions): Promise<void> {
  const { cacheDirectory, signal, onProgress = () => undefined } = options;
  await mkdir(cacheDirectory, { recursive: true });
  await removeAbandonedBuilds(cacheDirectory);
  const scratch = await mkdtemp(join(cacheDirectory, `building-${process.pid}-${startTicks(process.pid)}-`));
  try {
    await mkdir(join(scratch, 'image'));
    const root = join(scratch, 'root');
    const started = performance.now();
    onProgress(`Building an image of ${release.id} ${release.codename} from the distribution's packages`);
    await bootstrap(root, release, scratch, signal);
    await applyRecipe(root, imageRecipe, signal);
    const { metadata, rootfs } = filesIn(join(scratch, 'image'));
    const compression = ['-comp', 'zstd', '-Xcompression-level', '3'];
    await runCommand('mksquashfs', [root, rootfs, ...compression, '-no-progress', '-quiet'], {
      signal,
      deadlineMs: buildDeadlineMs,
    });
    await packMetadata(metadata, scratch, release, signal);
    await putInPlace(join(scratch, 'image'), finished);
    onProgress(`The image is built (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  await removeOlderImages(cacheDirectory, finished);
}

async function bootstrap(root: string, release: OsRelease, scratch: string, signal?: AbortSignal): Promise<void> {
  const optional = await availablePackages(imageRecipe.optionalPackages, signal);
  const components = release.id === 'ubuntu' ? 'main,universe' : 'main';
  const args = [
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    `--components=${components}`,
    `--include=${[...imageRecipe.packages, ...optional].join(',')}`,
    // Incus makes the devices of a container itself.
    '--skip=output/dev',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    release.codename,
    root,
  ];
  await runCommand('mmdebstrap', args, {
    signal,
    deadlineMs: buildDeadlineMs,
    env: { ...process.env, TMPDIR: scratch, LC_ALL: 'C.UTF-8' },
  });
}

async function availablePackages(names: readonly string[], signal?: AbortSignal): Promise<string[]> {
  const known = await runCommand('apt-cache', ['pkgnames'], { signal });
  const all = new Set(known.split('\n'));
  return names.filter(name => all.has(name));
}

async function applyRecipe(root: string, recipe: ImageRecipe, signal?: AbortSignal): Promise<void> {
  for (const [path, content] of Object.entries(recipe.files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await rm(join(root, path), { force: true });
    await writeFile(join(root, path), content);
  }
  for (const [path, target] of Object.entries(recipe.links)) {
    await rm(join(root, path), { force: true });
    await symlink(target, join(root, path));
  }
  await runCommand('chroot', [root, 'systemctl', 'enable', ...recipe.enabledUnits], { signal });
  await runCommand('chroot', [root, 'systemctl', 'mask', ...recipe.maskedUnits], { signal });
  // A guest would bear the name of the host that built the image.
  await rm(join(root, 'etc/hostname'), { force: true });
  // Newer than /usr, so that no first boot rebuilds the caches.
  for (const stamp of ['etc/.updated', 'var/.updated']) await writeFile(join(root, stamp), '');
}

async function packMetadata(path: string, scratch: string, release: OsRelease, signal?: AbortSignal): Promise<void> {
  // JSON is YAML, and needs no quoting rules of its own.
  const content = {
    architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
    creation_date: Math.floor(Date.now() / 1000),
    properties: { os: release.id, release: release.codename, description: `${release.id} ${release.codename}` },
  };
  await writeFile(join(scratch, 'metadata.yaml'), `${JSON.stringify(content)}\n`);
  await runCommand('tar', ['--create', '--xz', '--file', path, '--directory', scratch, 'metadata.yaml'], { signal });
}

async function putInPlace(built: string, finished: string): Promise<void> {
  try {
    await rename(built, finished);
  } catch (error) {
    // Another build of the same image was quicker; its files are as good.
    if (!existsSync(finished)) throw error;
  }
}

async function removeAbandonedBuilds(cacheDirectory: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    const [, pid, ticks] = /^building-(\d+)-(\d+)-/.exec(name) ?? [];
    if (pid === undefined || startTicks(Number(pid)) === ticks) continue;
    await rm(join(cacheDirectory, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function startTicks(pid: number): string | undefined {
  return identifyProcess(pid)?.startTicks;
}

async function removeOlderImages(cacheDirectory: string, current: string): Promise<void> {
  for (const name of await readdir(cacheDirectory)) {
    const isImage = /-\d{4}-\d{2}-[0-9a-f]{12}$/.test(name);
    if (!isImage || join(cacheDirectory, name) === current) continue;
    await rm(join(cacheDirectory, name), { recursive: true, force: true });
  }
}

function filesIn(directory: string): ImageFiles {
  return { metadata: join(directory, 'meta.tar.xz'), rootfs: join(directory, 'rootfs.squashfs') };
}
