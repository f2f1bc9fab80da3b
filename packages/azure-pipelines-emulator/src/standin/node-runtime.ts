/** The Node that runs this very process, and the shared libraries that it needs beyond the C library's own. */

import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';

export interface NodeRuntime {
  readonly executable: string;
  /** Paths on this machine; the names under which they are looked for are the last parts. */
  readonly libraries: readonly string[];
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
  return { executable, libraries: librariesIn(stdout) };
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
