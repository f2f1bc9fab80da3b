/** Another host, in a network namespace that lives as long as a child process does, so that nothing of it is ever left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chooseInterface } from './choose-network.js';
import { runCommand } from './run-command.js';
import { networkInterfaces } from './traces.js';

/** Answers every connection with one line, or with what the server behind it says, and goes with its parent. */
const SERVER = `
const { connect, createServer } = require('node:net');
const { pipeline } = require('node:stream');
const [port, behind] = process.argv.slice(1);
const say = socket => void socket.on('error', () => {}).end('outside\\n');
const pass = near => void pipeline(near, connect(JSON.parse(behind)), near, () => {});
createServer(behind === undefined ? say : pass).listen(Number(port), '::', () => console.log('ready'));
process.stdin.on('end', () => process.exit(0)).resume();
`;
const OUTSIDE_PORT = 8080;
const UNSHARE = 'unshare';
/** Not that of the bridges: nobody shall take the link of a host that is in use for something left over. */
const LINK_PREFIX = 'iaplink';

export interface OutsideHost extends AsyncDisposable {
  /** It listens on this port of each of its addresses. */
  readonly port: number;
}

/** A server of this host, at an address that the other one reaches. */
interface Behind {
  readonly host: string;
  readonly port: number;
}

/**
 * Starts a host that this one reaches under these addresses, and that reaches everybody through `gateway`; all IPv4, or
 * all IPv6.
 *
 * @param behind the server that answers there, as if it ran on that host; default is one that says `outside`.
 */
export async function startOutsideHost(
  gateway: string,
  addresses: readonly string[],
  behind?: Behind,
): Promise<OutsideHost> {
  const link = chooseInterface(LINK_PREFIX, networkInterfaces(), Math.random);
  const given = [String(OUTSIDE_PORT), ...(behind === undefined ? [] : [JSON.stringify(behind)])];
  const child = spawn(UNSHARE, ['--net', process.execPath, '-e', SERVER, ...given], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    await connect(link, child, gateway, addresses);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { port: OUTSIDE_PORT, [Symbol.asyncDispose]: () => end(child) };
}

async function connect(link: string, { pid }: ChildProcess, gateway: string, addresses: readonly string[]) {
  const here = (...args: readonly string[]) => runCommand('ip', args);
  const inside = (...args: readonly string[]) => runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', ...args]);
  // Nobody else is on the link: an address need not be asked for before it is used.
  const [family, alone, more] = gateway.includes(':') ? ['-6', '/128', ['nodad']] : ['-4', '/32', []];
  await here('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  await here('address', 'add', gateway + alone, 'dev', link, ...more);
  await here('link', 'set', link, 'up');
  await inside('link', 'set', 'lo', 'up');
  await inside('link', 'set', 'eth0', 'up');
  for (const address of addresses) {
    await inside('address', 'add', address + alone, 'dev', 'eth0', ...more);
    await here(family, 'route', 'add', address + alone, 'dev', link);
  }
  await inside(family, 'route', 'add', gateway + alone, 'dev', 'eth0');
  await inside(family, 'route', 'add', 'default', 'via', gateway, 'dev', 'eth0', 'src', addresses[0] ?? gateway);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.stdin?.end();
  await ended;
}
