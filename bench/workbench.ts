import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../testbed/image.js';
import { type PrivateIncus, startPrivateIncus } from '../testbed/private-incus.js';
import { runCommand } from '../testbed/run-command.js';
import { imageCacheDirectory } from '../testbed/work-tree.js';

/** What every measurement of a run shares: one daemon of its own, one scratch directory, one voice. */
export interface Workbench extends AsyncDisposable {
  readonly incus: PrivateIncus;
  readonly directory: string;
  /** Instances made at the same time, by the program and by the bare pool alike. */
  readonly maxConcurrentCreates: number;
  readonly registration: string;
  readonly quick: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Alias of the source image. */
export const IMAGE = 'debian';

export interface WorkbenchOptions {
  readonly registration: string;
  readonly quick: boolean;
  readonly signal: AbortSignal;
}

/** Starts the run's private Incus. @throws Error when its storage has quotas: they slow every deletion for good. */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const startedAt = Date.now();
  const say = (line: string) => {
    const elapsed = ((Date.now() - startedAt) / 1000).toFixed(0).padStart(4);
    process.stderr.write(`${elapsed} s  ${line}\n`);
  };
  const files = await buildImage({ cacheDirectory: imageCacheDirectory(), onProgress: say, signal: options.signal });
  say('starting a private Incus');
  const incus = await startPrivateIncus({ signal: options.signal });
  try {
    await incus.importImage(files, IMAGE);
    await refuseQuotas(incus, options.signal);
    const directory = await mkdtemp(join(tmpdir(), 'iap-bench-'));
    return {
      ...options,
      incus,
      directory,
      maxConcurrentCreates: availableParallelism(),
      say,
      async [Symbol.asyncDispose]() {
        say('taking everything back');
        await incus[Symbol.asyncDispose]();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await incus[Symbol.asyncDispose]();
    throw error;
  }
}

async function refuseQuotas(incus: PrivateIncus, signal: AbortSignal): Promise<void> {
  const path = join(incus.directory, 'storage-pools', incus.storagePool);
  const quotas = await runCommand('btrfs', ['qgroup', 'show', path], { signal }).catch(() => undefined);
  if (quotas !== undefined) throw new Error(`measure on ${path}: it has btrfs quotas, which slow every deletion`);
}
