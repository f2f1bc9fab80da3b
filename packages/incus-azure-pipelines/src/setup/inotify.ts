/** How many inotify instances the host gives: with the kernel's 128 the thirteenth guest is the last. */

import { readFile, rm, writeFile } from 'node:fs/promises';

export interface InotifyPaths {
  /** The kernel's own. */
  readonly live: string;
  /** What sets it at each boot. */
  readonly kept: string;
}

const HOST: InotifyPaths = {
  live: '/proc/sys/fs/inotify/max_user_instances',
  kept: '/etc/sysctl.d/60-incus-azure-pipelines.conf',
};

/** The whole file: one that somebody has written or added to is theirs. */
const OWN =
  /^# Written by incus-azure-pipelines setup; before, it was (\d+)\.\nfs\.inotify\.max_user_instances = \d+\n$/;

export interface Inotify {
  /** Infinite where the host does not say. */
  readonly value: number;
  /** What it was before setup raised it; undefined where setup has not. */
  readonly before: number | undefined;
  /** The file that is to set it at each boot, where somebody else has written it. */
  readonly foreignFile: string | undefined;
}

/** Reads the value, and whether it is setup's. */
export async function readInotify({ live, kept }: InotifyPaths = HOST): Promise<Inotify> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const file = await read(kept);
  const before = OWN.exec(file ?? '')?.[1];
  const value = await read(live);
  return {
    value: value === undefined ? Infinity : Number(value),
    before: before === undefined ? undefined : Number(before),
    foreignFile: file !== undefined && before === undefined ? kept : undefined,
  };
}

/** Raises it, now and for every boot. @throws Error where the host does not let us. */
export async function raiseInotify(from: number, to: number, { live, kept }: InotifyPaths = HOST): Promise<void> {
  const lines = [
    `# Written by incus-azure-pipelines setup; before, it was ${from}.`,
    `fs.inotify.max_user_instances = ${to}`,
  ];
  await writeFile(kept, `${lines.join('\n')}\n`, { mode: 0o644 });
  await writeFile(live, String(to));
}

/** Sets it back. @throws Error where the host does not let us. */
export async function restoreInotify(to: number, { live, kept }: InotifyPaths = HOST): Promise<void> {
  await writeFile(live, String(to));
  await rm(kept);
}
