import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process, told apart from a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the boot of the host to the start of the process. */
  readonly startTicks: string;
  readonly bootId: string;
}

/** Reads the identity of a running process; undefined when there is none of this pid, or it is a zombie. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (stat === undefined) return undefined;
  return { pid, startTicks: stat.startTicks, bootId: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
}

/** Tells whether this very process still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  const current = identifyProcess(identity.pid);
  return current?.startTicks === identity.startTicks && current.bootId === identity.bootId;
}

/** The parent of a running process; undefined when there is no such process, or it is a zombie. */
export function parentOf(pid: number): number | undefined {
  return readStat(pid)?.parentPid;
}

/** Parses `/proc/PID/stat`, whose second field may hold spaces and brackets of its own (proc_pid_stat(5)). */
export function parseProcessStat(text: string): { parentPid: number; state: string; startTicks: string } {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', parentPid: Number(fields[1]), startTicks: fields[19] ?? '' };
}

function readStat(pid: number): ReturnType<typeof parseProcessStat> | undefined {
  try {
    const stat = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return stat.state === 'Z' || stat.state === 'X' ? undefined : stat;
  } catch {
    return undefined;
  }
}

/** Signals a process, and kills it when it is still there after `graceMs`. Returns once it has gone. */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  send(identity, signal);
  if (await hasEnded(identity, graceMs)) return;
  send(identity, 'SIGKILL');
  if (await hasEnded(identity, 10_000)) return;
  throw new Error(`end process ${identity.pid}: it survived SIGKILL; look at it with "ps -l ${identity.pid}"`);
}

async function hasEnded(identity: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + deadlineMs;
  while (isRunning(identity)) {
    if (performance.now() > giveUpAt) return false;
    await sleep(20);
  }
  return true;
}

function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch {
    // It ended in between.
  }
}
