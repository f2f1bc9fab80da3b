/** What a guest takes beyond its limits, and how it says so. */
import { HOSTILE, STAY } from './attack.js';

export const FORKS_FACT = 'a guest cannot have more processes than its limit';
export const DISK_FACT = 'a guest cannot take more than its disk';

/** Forks until that is refused, or so often; prints `forked N: WHY`. */
export function forkScript(most: number): string {
  return `perl ${HOSTILE} fork ${most}`;
}

/** Takes memory until something ends it, or so much; prints `took BYTES` in the latter case alone, and ends as that did. */
export function memoryScript(bytes: number): string {
  return `perl ${HOSTILE} take ${bytes}\ncode=$?\n${STAY}\nexit $code`;
}

/** Takes room without writing, then gives it back; prints `taken`, or why not. `size` is as `fallocate` reads it. */
export function diskScript(size: string, path: string): string {
  return `fallocate --length ${size} ${path} && echo taken; ls ${path}; rm --force ${path}`;
}
