/** A network without a way out, in a namespace that lives as long as who runs in it, so that nothing of it is ever left. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, Server, type Socket } from 'node:net';

/**
 * Holds the namespace, and goes with its parent, whatever becomes of that. A socket belongs for good to the namespace that it
 * was made in: where it is told to, it listens here and hands that over to the parent, which answers from where it is.
 */
const HOLDER = `
process.on('message', address => {
  const server = require('node:net').createServer().listen(address, () =>
    process.send('listening', server, {}, () => server.close()));
});
process.send('ready');
`;
const UNSHARE = 'unshare';
const WITH_LOOPBACK = 'ip link set lo up && exec "$@"';
/** Incus sees by /sys which interfaces there are, and that shows those of the namespace it was mounted in. */
const WITH_OWN_SYS = [
  'cd /sys/fs/cgroup',
  'mount -t sysfs sysfs /sys',
  'mount --no-canonicalize --rbind . /sys/fs/cgroup',
  'cd /',
  'exec "$@"',
].join(' && ');

/** For a bridge from which guests reach the host's own address on it, and nothing else. */
export const CLOSED_BRIDGE = {
  'ipv4.nat': 'false',
  'ipv4.routing': 'false',
  // DHCP names no router.
  'raw.dnsmasq': 'dhcp-option=3',
};

export interface ClosedNetwork extends AsyncDisposable {
  /** A command that runs the one behind it in there. */
  readonly within: readonly string[];
  /** Lets a server of this host be reached in there too, on this address and its own port; gives back its URL in there. */
  bringIn(url: string, address: string): Promise<string>;
}

/** Makes a network that has nothing but its loopback. */
export async function startClosedNetwork(): Promise<ClosedNetwork> {
  const holder = ['--net', 'sh', '-c', WITH_LOOPBACK, 'sh', process.execPath, '-e', HOLDER];
  const child = spawn(UNSHARE, holder, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await answerOf(child);
  const doors: AsyncDisposable[] = [];
  return {
    within: ['nsenter', `--net=/proc/${child.pid}/ns/net`, UNSHARE, '--mount', 'sh', '-c', WITH_OWN_SYS, 'sh'],
    async bringIn(url, address) {
      const outside = new URL(url);
      const port = Number(outside.port);
      child.send({ host: address, port });
      const listening = await answerOf(child);
      if (!(listening instanceof Server))
        throw new Error(`listen on ${address}:${port} in there: nothing was handed over`);
      doors.push(relay(listening, outside.hostname, port));
      return url.replace(outside.host, `${address}:${port}`);
    },
    async [Symbol.asyncDispose]() {
      for (const door of doors) await door[Symbol.asyncDispose]();
      if (!child.connected) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** What comes with the next message of the holder. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('the process that holds the closed network has ended; its last words are above');
  });
  const [, handle] = await Promise.race([once(child, 'message'), ended]);
  return handle;
}

function relay(listening: Server, host: string, port: number): AsyncDisposable {
  const open = new Set<Socket>();
  listening.on('connection', near => {
    const far = createConnection(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.once('close', () => open.delete(one));
      one.on('error', () => other.destroy()).pipe(other);
    }
  });
  return {
    async [Symbol.asyncDispose]() {
      listening.close();
      for (const socket of open) socket.destroy();
      await once(listening, 'close');
    },
  };
}
