/** Asks `ip` of iproute2, which every host of Incus has, where what guests send would go. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Link, type Route, unseenBy, wayOut } from './judge-ways.js';

const DEADLINE_MS = 10_000;

/** Why what is sent on a bridge of this host may reach others than guests. @throws Error where `ip` does not tell. */
export async function findWayOut(bridge: string, signal: AbortSignal): Promise<string | undefined> {
  const [itself] = await askIp<Link>(['-details', 'link', 'show', 'dev', bridge], signal);
  return wayOut(itself, await askIp<Link>(['-details', 'link', 'show', 'master', bridge], signal));
}

/** Why what a guest sends to an address would not be seen where nobody answers. @throws the reason of an abort. */
export async function findUnseen(
  address: string,
  { bridge, from }: { readonly bridge: string; readonly from: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return unseenBy((await askIp<Route>(['route', 'get', address, 'from', from, 'iif', bridge], signal))[0]);
  } catch {
    signal.throwIfAborted();
    return 'this host has no route to it';
  }
}

async function askIp<T>(args: readonly string[], signal: AbortSignal): Promise<readonly T[]> {
  const env = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  const { stdout } = await promisify(execFile)('ip', ['-json', ...args], { signal, timeout: DEADLINE_MS, env });
  // It prints nothing where there is nothing.
  return stdout.trim() === '' ? [] : JSON.parse(stdout);
}
