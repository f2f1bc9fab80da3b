/** A system container that stands for somebody's host: systemd runs there, which it does not on every host of these tests. */
import { type IncusClient, ignoreNotFound } from 'incus-client';

const SAID = '/root/said';
const COMPLAINED = '/root/complained';

export class SystemContainer implements AsyncDisposable {
  readonly #incus: IncusClient;
  readonly name: string;

  private constructor(incus: IncusClient, name: string) {
    this.#incus = incus;
    this.name = name;
  }

  /** Starts one, and waits until systemd has come up. */
  static async start(incus: IncusClient, name: string, image: string): Promise<SystemContainer> {
    const container = new SystemContainer(incus, name);
    try {
      const source = { type: 'image', alias: image } as const;
      await incus.instances.create({ name, type: 'container', source });
      await container.boot();
      return container;
    } catch (error) {
      await container[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it once more, after it has powered itself off, and waits likewise. */
  async boot(): Promise<void> {
    await this.#incus.instances.start(this.name);
    await this.run('systemctl is-system-running --wait || true');
  }

  /**
   * Runs a script of bash as root, one at a time, and gives back what it wrote: to a file, since Incus may cut off the output
   * of a short command. @throws Error with that, when it fails.
   */
  async run(script: string): Promise<string> {
    const command = ['/bin/bash', '-c', `exec >${SAID} 2>${COMPLAINED}\n${script}`];
    const { exitCode } = await this.#incus.exec(this.name, { command });
    const [said, complained] = [await this.pull(SAID), await this.pull(COMPLAINED)];
    if (exitCode !== 0) throw new Error(`"${script}" ended with ${exitCode}: ${said}${complained}`);
    return said;
  }

  /** The text in a file; nothing where it is a directory. */
  async pull(path: string): Promise<string> {
    const file = await this.#incus.files.pull(this.name, path);
    return file.type === 'file' ? new TextDecoder().decode(file.content) : '';
  }

  async push(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    await this.#incus.files.push(this.name, path, content, { mode });
  }

  /** Lets its processes reach a socket of this host. */
  async share(socketPath: string, listen: string): Promise<void> {
    const socket = {
      type: 'proxy',
      bind: 'instance',
      connect: `unix:${socketPath}`,
      listen: `unix:${listen}`,
      mode: '0666',
    };
    await this.#incus.instances.patch(this.name, { devices: { socket } });
  }

  /** Lets its processes reach what listens at an address of this host's loopback, under the same address. */
  async reach(url: string): Promise<void> {
    const { host } = new URL(url);
    const port = { type: 'proxy', bind: 'instance', connect: `tcp:${host}`, listen: `tcp:${host}` };
    await this.#incus.instances.patch(this.name, { devices: { port } });
  }

  /** Resolves when the journal of a unit has shown these texts, one after the other, since the container began. */
  async journalShows(unit: string, ...texts: readonly string[]): Promise<void> {
    const wait = texts.map(text => `until [[ $line == *${quoted(text)}* ]]; do read -r line <&3; done; line=`);
    await this.run(`set -e; line=; exec 3< <(exec journalctl --follow --lines=all --output=cat --unit=${unit} 2>/dev/null)
follower=$!; ${wait.join('\n')}
kill $follower`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#incus.instances.stop(this.name, { force: true }).catch(() => undefined);
    await ignoreNotFound(this.#incus.instances.delete(this.name));
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
