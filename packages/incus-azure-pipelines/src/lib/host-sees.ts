import { memoryKillsOf } from './memory-kills.js';
import { isOutOfProcesses } from './out-of-processes.js';

/** What the host's own kernel says of an instance that runs on it. */
export interface SeenByHost {
  /** Processes killed for want of memory; undefined where the host cannot tell. */
  readonly memoryKills: number | undefined;
  /** Whether it was refused further processes; false where the host cannot tell. */
  readonly isOutOfProcesses: boolean;
}

/** Asks the kernel of this host, whose groups of an instance end with it. */
export async function hostSees(project: string, name: string): Promise<SeenByHost> {
  const [memoryKills, isRefused] = await Promise.all([memoryKillsOf(project, name), isOutOfProcesses(project, name)]);
  return { memoryKills, isOutOfProcesses: isRefused };
}
