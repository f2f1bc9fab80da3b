import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Server } from 'node:net';

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

/** A network with nothing but its loopback, which lives as long as who runs in it, so that nothing of it is ever left. */
export class NetworkNamespace implements AsyncDisposable {
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async start(): Promise<NetworkNamespace> {
    const command = ['--net', 'sh', '-c', WITH_LOOPBACK, 'sh', process.execPath, '-e', HOLDER];
    const holder = spawn(UNSHARE, command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const namespace = new NetworkNamespace(holder);
    await namespace.#answer();
    return namespace;
  }

  /** The process that holds it. */
  get pid(): number {
    return this.#holder.pid ?? 0;
  }

  /** A command that runs the one behind it in there. */
  get within(): [command: string, ...args: string[]] {
    return ['nsenter', `--net=/proc/${this.pid}/ns/net`];
  }

  /** A server of this process that is reached in there. @throws Error where it cannot listen. */
  async listen(host: string, port: number): Promise<Server> {
    this.#holder.send({ host, port });
    const listening = await this.#answer();
    if (listening instanceof Server) return listening;
    throw new Error(`listen on ${host}:${port} in a network namespace: nothing was handed over`);
  }

  /** What comes with the next message of the holder. */
  async #answer(): Promise<unknown> {
    const ended = once(this.#holder, 'exit').then(() => {
      throw new Error('the process that holds the network namespace has ended; its last words are above');
    });
    const [, handle] = await Promise.race([once(this.#holder, 'message'), ended]);
    return handle;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#holder.connected) return;
    const ended = once(this.#holder, 'exit');
    this.#holder.disconnect();
    await ended;
  }
}
