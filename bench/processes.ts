import { readdir, readFile, readlink } from 'node:fs/promises';
import { runCommand } from '../testbed/run-command.js';

/** What a process holds of the host. */
export interface ProcessCost {
  /** Time on a core since its start, in user and kernel mode. */
  readonly cpuMs: number;
  /** The same of its children that have ended and were waited for. */
  readonly endedChildrenCpuMs: number;
  readonly residentBytes: number;
  /** Open files, pipes and sockets. */
  readonly descriptors: number;
  readonly sockets: number;
  readonly children: number;
}

/** What a process keeps open. */
export type Holdings = Pick<ProcessCost, 'sockets' | 'children'>;

/** Reads what a process costs. Source: proc_pid_stat(5), proc_pid_status(5). */
export async function readProcessCost(pid: number): Promise<ProcessCost> {
  const ticksPerSecond = Number(await runCommand('getconf', ['CLK_TCK']));
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const { own, endedChildren } = cpuTicks(stat);
  return {
    cpuMs: (own / ticksPerSecond) * 1000,
    endedChildrenCpuMs: (endedChildren / ticksPerSecond) * 1000,
    residentBytes: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024,
    ...(await countDescriptors(pid)),
    children: await countChildren(pid),
  };
}

/** Ticks in user and kernel mode of a line of /proc/PID/stat. The name in it may hold spaces and parentheses. */
export function cpuTicks(stat: string): { readonly own: number; readonly endedChildren: number } {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const sum = (first: number) => Number(fields[first]) + Number(fields[first + 1]);
  return { own: sum(11), endedChildren: sum(13) };
}

async function countDescriptors(pid: number): Promise<Pick<ProcessCost, 'descriptors' | 'sockets'>> {
  const directory = `/proc/${pid}/fd`;
  // A descriptor may be closed while it is looked at.
  const reading = (await readdir(directory)).map(name => readlink(`${directory}/${name}`).catch(() => ''));
  const targets = await Promise.all(reading);
  return { descriptors: targets.length, sockets: targets.filter(target => target.startsWith('socket:')).length };
}

async function countChildren(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const lists = threads.map(thread => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => ''));
  return (await Promise.all(lists)).join(' ').split(' ').filter(Boolean).length;
}
