/** The agent package that the emulator offers: a tarball laid out like the real agent's, with a Node of its own. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, chmod, constants, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { agentScripts } from './agent-scripts.js';
import { findNodeRuntime } from './node-runtime.js';
import { usePackage } from './package-cache.js';

export interface StandInOptions {
  /** Where built packages are kept; made when missing. Equal contents are packed once. */
  readonly cacheDirectory: string;
  /** How long the listener waits at its start, in place of the real agent's heavier runtime. Default 0. */
  readonly startDelayMs?: number;
  /** Shortest and longest pause after a poll that brought nothing. Default: the real agent's 5 to 15 seconds. */
  readonly pollPauseMs?: readonly [number, number];
  /** The same after a poll that failed. Default: the real agent's 15 to 30 seconds. */
  readonly errorPauseMs?: readonly [number, number];
  readonly signal?: AbortSignal;
}

export interface StandInPackage {
  readonly path: string;
  readonly version: string;
  /** Of the tarball, in hexadecimal. */
  readonly sha256: string;
}

interface PackedFile {
  /** Below the package's root. */
  readonly path: string;
  readonly content: { readonly text: string } | { readonly copyOf: string };
  readonly isExecutable: boolean;
}

/** Higher than any agent that a job may demand. */
const version = '4.999.0';
const deadlineMs = 300_000;
/** What the launchers start; all that these import lies beside them. */
const programs = [new URL('./agent/listener.js', import.meta.url), new URL('./agent/worker.js', import.meta.url)];

/**
 * Builds the stand-in's tarball with GNU tar and gzip (pigz where there is one), or finds it in the cache. Throws when the
 * agent's code has not been compiled, or a tool is missing.
 */
export async function buildStandInPackage(options: StandInOptions): Promise<StandInPackage> {
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  const files = await packedFiles(options, signal);
  const name = await contentsHash(files, signal);
  const directory = join(options.cacheDirectory, name);
  const path = join(directory, `vsts-agent-linux-${process.arch}-${version}.tar.gz`);
  if (!(await exists(path))) {
    await mkdir(directory, { recursive: true });
    await pack(files, path, signal);
  }
  await usePackage(options.cacheDirectory, name, Date.now());
  const hash = createHash('sha256');
  await hashFile(hash, path, signal);
  return { path, version, sha256: hash.digest('hex') };
}

async function packedFiles(options: StandInOptions, signal: AbortSignal): Promise<readonly PackedFile[]> {
  const runtime = await findNodeRuntime(signal);
  const built = {
    version,
    startDelayMs: options.startDelayMs ?? 0,
    pollPauseMs: options.pollPauseMs ?? [5000, 15_000],
    errorPauseMs: options.errorPauseMs ?? [15_000, 30_000],
  };
  const copies = [
    ...(await compiledCode()).map(copyOf => ({ path: `bin/agent/${basename(copyOf)}`, copyOf, isExecutable: false })),
    ...runtime.libraries.map(copyOf => ({ path: `bin/lib/${basename(copyOf)}`, copyOf, isExecutable: false })),
    ...runtime.builtins.map(copyOf => ({ path: `externals/builtins${copyOf}`, copyOf, isExecutable: false })),
    { path: 'externals/node/bin/node', copyOf: runtime.executable, isExecutable: true },
  ];
  const texts = [
    ...agentScripts(),
    { path: 'bin/standin.json', text: `${JSON.stringify(built)}\n`, isExecutable: false },
  ];
  return [
    ...texts.map(({ path, text, isExecutable }) => ({ path, content: { text }, isExecutable })),
    ...copies.map(({ path, copyOf, isExecutable }) => ({ path, content: { copyOf }, isExecutable })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Lists the agent's modules: compiled ones, whether this one is compiled or source, since they run without a compiler. */
async function compiledCode(): Promise<readonly string[]> {
  const compiled = programs.map(program => fileURLToPath(program).replace('/src/standin/', '/dist/standin/'));
  for (const program of compiled) {
    if (!(await exists(program)))
      throw new Error(`pack the stand-in agent: ${program} is missing; run "npm run build"`);
  }
  const directories = [...new Set(compiled.map(dirname))];
  const modules = await Promise.all(
    directories.map(async directory => (await readdir(directory)).map(name => join(directory, name))),
  );
  return modules.flat().filter(name => name.endsWith('.js'));
}

async function contentsHash(files: readonly PackedFile[], signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, content, isExecutable } of files) {
    hash.update(`\0${path}\0${isExecutable ? 'x' : '-'}\0`);
    if ('text' in content) hash.update(content.text);
    else await hashFile(hash, content.copyOf, signal);
  }
  return hash.digest('hex').slice(0, 16);
}

async function hashFile(hash: ReturnType<typeof createHash>, path: string, signal: AbortSignal): Promise<void> {
  for await (const chunk of createReadStream(path, { signal, highWaterMark: 1 << 20 })) hash.update(chunk);
}

async function pack(files: readonly PackedFile[], path: string, signal: AbortSignal): Promise<void> {
  const staging = await mkdtemp(join(dirname(path), '.packing-'));
  try {
    const root = join(staging, 'root');
    for (const { path: name, content, isExecutable } of files) {
      const target = join(root, name);
      await mkdir(dirname(target), { recursive: true });
      if ('text' in content) await writeFile(target, content.text);
      else await copyFile(content.copyOf, target, constants.COPYFILE_FICLONE);
      await chmod(target, isExecutable ? 0o755 : 0o644);
    }
    const tarball = join(staging, basename(path));
    const sameEverywhere = [
      '--sort=name',
      '--mtime=@0',
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '--mode=u=rwX,go=rX',
    ];
    const compressor = ['--use-compress-program', `${await compressorName(signal)} -1n`];
    const args = ['--create', ...sameEverywhere, ...compressor, '--file', tarball, '--directory', root, '.'];
    await promisify(execFile)('tar', args, { signal });
    // Another process may have been as quick: both tarballs are the same.
    await rename(tarball, path);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function compressorName(signal: AbortSignal): Promise<'pigz' | 'gzip'> {
  try {
    await promisify(execFile)('pigz', ['--version'], { signal });
    return 'pigz';
  } catch {
    signal.throwIfAborted();
    return 'gzip';
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
