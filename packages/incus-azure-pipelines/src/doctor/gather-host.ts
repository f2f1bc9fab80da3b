/** Finds out about this host what guests depend on. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { DaemonSpec } from '../model/pool.js';
import { isThisHost, readInotifyLimit } from '../observe/host-limits.js';
import { blockersOfLegacy, blockersOfNft } from './blockers.js';
import { factOf } from './fact-of.js';
import type { Blocker, HostFacts } from './facts.js';
import { routesIn } from './routes.js';

const DEADLINE_MS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Looks, and changes nothing. What may not be read is left out. */
export async function gatherHost({ incus }: Pick<DaemonSpec, 'incus'>, signal: AbortSignal): Promise<HostFacts> {
  return {
    isIncusHost: isThisHost(incus),
    ...routesIn((await read('/proc/net/route')) ?? '', await tunnels()),
    forwards: {
      4: await isOn('/proc/sys/net/ipv4/ip_forward'),
      6: await isOn('/proc/sys/net/ipv6/conf/all/forwarding'),
    },
    blockers: await factOf(blockers(signal), signal),
    inotify: await readInotifyLimit(),
    memoryBytes: totalmem(),
    incusPackage: packageVersion((await read('/var/lib/dpkg/status')) ?? '', 'incus-base'),
  };
}

/** Whether a switch of the kernel is on; undefined where there is none. */
async function isOn(path: string): Promise<boolean | undefined> {
  const text = await read(path);
  return text === undefined ? undefined : text.trim() === '1';
}

/** Interfaces with one other end, as those of a VPN: IFF_POINTOPOINT in `linux/if.h`. */
async function tunnels(): Promise<ReadonlySet<string>> {
  const names = await readdir('/sys/class/net').catch(() => []);
  const flags = await Promise.all(names.map(name => read(`/sys/class/net/${name}/flags`)));
  return new Set(names.filter((_, i) => (Number(flags[i]) & 0x10) !== 0));
}

async function blockers(signal: AbortSignal): Promise<readonly Blocker[]> {
  const legacyTables = (await read('/proc/net/ip_tables_names')) ?? '';
  const isLegacy = /^filter$/m.test(legacyTables);
  const legacy = isLegacy ? await factOf(output('iptables-legacy', ['-S'], signal), signal) : undefined;
  const nft = await factOf(output('nft', ['--json', 'list', 'ruleset'], signal), signal);
  if (!nft.known && !legacy?.known) throw new Error(nft.error);
  return [
    ...(nft.known ? blockersOfNft(JSON.parse(nft.value)) : []),
    ...(legacy?.known ? blockersOfLegacy(legacy.value) : []),
  ];
}

/** What a program prints. @throws Error where it is not there or fails, as for who is not root. */
async function output(program: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  const options = { signal, timeout: DEADLINE_MS, maxBuffer: MOST_BYTES, env };
  try {
    return (await promisify(execFile)(program, args, options)).stdout;
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error(`there is no ${program} to ask`, { cause: error });
    throw new Error(`${program} does not tell it to this user, or fails; call this as root`, { cause: error });
  }
}

/** The version of a package that is installed, in the list of dpkg. The daemon of Incus is in `incus-base`. */
function packageVersion(status: string, name: string): string | undefined {
  const entry = status.split('\n\n').find(text => text.startsWith(`Package: ${name}\n`));
  if (entry === undefined || !/^Status: .* installed$/m.test(entry)) return undefined;
  return /^Version: (\S+)$/m.exec(entry)?.[1];
}

function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
