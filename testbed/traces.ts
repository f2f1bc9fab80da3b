import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { identifyProcess, type ProcessIdentity } from './process-identity.js';
import { runCommand } from './run-command.js';

/** Lists the mount points under a directory, innermost first. */
export function mountsUnder(directory: string): string[] {
  return parseMounts(readFileSync('/proc/self/mountinfo', 'utf8'))
    .map(mount => mount.mountPoint)
    .filter(point => isUnder(directory, point))
    .sort((left, right) => right.length - left.length);
}

/** Lists the loop devices whose file lies under a directory, deleted files included. */
export function loopDevicesUnder(directory: string): string[] {
  return readdirSync('/sys/block')
    .filter(name => {
      const backing = readOptional(`/sys/block/${name}/loop/backing_file`);
      return backing !== undefined && isUnder(directory, backing.trim());
    })
    .map(name => `/dev/${name}`);
}

/** Lists the network interfaces of this host. */
export function networkInterfaces(): string[] {
  return readdirSync('/sys/class/net');
}

/** Lists the chains that Incus daemons have in their common table of a family, by `nft -j list chains`. */
export async function incusChains(family: 'inet' | 'bridge' = 'inet'): Promise<string[]> {
  const text = await runCommand('nft', ['--json', 'list', 'chains', family]).catch(() => '{"nftables":[]}');
  const { nftables } = JSON.parse(text) as { nftables: { chain?: { table: string; name: string } }[] };
  return nftables.flatMap(({ chain }) => (chain?.table === 'incus' ? [chain.name] : []));
}

/**
 * Lists the processes of the private daemon in a directory: itself and its forks, its dnsmasq, the monitors of its
 * containers, and what runs inside those. A shell that merely has INCUS_DIR set is not one of them.
 */
export function processesOf(directory: string): ProcessIdentity[] {
  const loopDevices = loopDevicesUnder(directory);
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && belongsTo(directory, name, loopDevices))
    .flatMap(name => identifyProcess(Number(name)) ?? []);
}

/** One line of `/proc/PID/mountinfo` (proc_pid_mountinfo(5)), as far as it is needed. */
export interface Mount {
  readonly root: string;
  readonly mountPoint: string;
  readonly source: string;
}

/** Parses `/proc/PID/mountinfo`. */
export function parseMounts(text: string): Mount[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [before = '', after = ''] = line.split(' - ');
      const fields = before.split(' ').map(unescapeOctal);
      return { root: fields[3] ?? '', mountPoint: fields[4] ?? '', source: unescapeOctal(after.split(' ')[1] ?? '') };
    });
}

function belongsTo(directory: string, pid: string, loopDevices: readonly string[]): boolean {
  const commandLine = readOptional(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
  if (commandLine.startsWith(`[lxc monitor] ${directory}/`)) return true;
  const program = programOf(pid);
  if (program === 'dnsmasq') return commandLine.includes(`${directory}/`);
  if (program === 'incusd') {
    return (readOptional(`/proc/${pid}/environ`) ?? '').split('\0').includes(`INCUS_DIR=${directory}`);
  }
  return isGuest(directory, pid, loopDevices);
}

function isGuest(directory: string, pid: string, loopDevices: readonly string[]): boolean {
  const root = parseMounts(readOptional(`/proc/${pid}/mountinfo`) ?? '').find(mount => mount.mountPoint === '/');
  if (root === undefined) return false;
  return loopDevices.includes(root.source) || isUnder(directory, root.root);
}

function programOf(pid: string): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`)).replace(' (deleted)', '');
  } catch {
    return '';
  }
}

function isUnder(directory: string, path: string): boolean {
  return path.startsWith(join(directory, '/'));
}

function readOptional(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
