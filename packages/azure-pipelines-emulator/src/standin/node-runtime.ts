/** The Node that runs this very process, and what it needs of this machine beyond the C library. */

import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { isJsonObject, objectIn } from './agent/json.js';

export interface NodeRuntime {
  readonly executable: string;
  /** Paths on this machine; the names under which they are looked for are the last parts. */
  readonly libraries: readonly string[];
  /** Scripts that a distribution's Node reads from fixed paths at every start; without them it aborts. */
  readonly builtins: readonly string[];
}

/** What every glibc system has, and has to have of one piece: taking these along would break more than it mends. */
const cLibraryNames =
  /^(linux-vdso|ld-linux|libc|libm|libdl|libpthread|librt|libresolv|libutil|libanl|libmvec|libnss_\w+)\b/;
const deadlineMs = 30_000;

/** Finds the executable and its libraries with `ldd`. Throws when a library is missing here. */
export async function findNodeRuntime(signal: AbortSignal): Promise<NodeRuntime> {
  const executable = process.execPath;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const { stdout } = await promisify(execFile)('ldd', [executable], { signal: bounded });
  return { executable, libraries: librariesIn(stdout), builtins: builtinsIn(process.config) };
}

/** Picks the paths of the scripts that were left out of the executable when it was built (Debian does so). */
export function builtinsIn(config: unknown): readonly string[] {
  const defines = isJsonObject(config) ? objectIn(config, 'target_defaults').defines : undefined;
  if (!Array.isArray(defines)) return [];
  return defines.flatMap(define => /^NODE_SHARED_BUILTIN_\w+_PATH=(\/.+)$/.exec(String(define))?.[1] ?? []);
}

/** Picks the paths of the libraries out of what `ldd` prints, without those of the C library. */
export function librariesIn(lddOutput: string): readonly string[] {
  const libraries: string[] = [];
  for (const line of lddOutput.split('\n')) {
    const [, name, path] = /^\s*(\S+) => (.+?)(?: \(0x[0-9a-f]+\))?$/.exec(line) ?? [];
    if (name === undefined || path === undefined || cLibraryNames.test(basename(name))) continue;
    if (path === 'not found') throw new Error(`pack Node: ldd does not find ${name}; install it and try again`);
    libraries.push(path);
  }
  return libraries;
}
