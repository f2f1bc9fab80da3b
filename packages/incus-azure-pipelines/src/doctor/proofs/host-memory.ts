/** How much memory this host has to spare. */
import { readFile } from 'node:fs/promises';

/** Where nobody knows how much memory there is, none of it is taken. */
export const ELSEWHERE = 'Incus is on another host, whose memory is not to be seen from here';

/** What programs could have before this host swaps; nothing where it does not say. */
export async function availableBytes(): Promise<number> {
  return (await memoryLine('MemAvailable')) ?? 0;
}

export async function hasSwap(): Promise<boolean> {
  return (await memoryLine('SwapTotal')) !== 0;
}

async function memoryLine(name: string): Promise<number | undefined> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
  return kib === undefined ? undefined : 1024 * Number(kib);
}
