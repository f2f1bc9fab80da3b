/** Which image an image server has under an alias now, without downloading it. */
import { request } from 'undici';
import type { WayOut } from '../../lib/way-out.js';
import type { ImageServer } from '../../model/pool.js';

const DEADLINE_MS = 60_000;

/** Debian's names of architectures, by those of the kernel. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'armhf' };

/**
 * Asks for the fingerprint of an image for containers.
 *
 * @param architecture as the kernel names it.
 * @throws Error when the server cannot be asked or has no such image.
 */
export async function fingerprintAt(
  server: ImageServer,
  alias: string,
  architecture: string,
  wayOut: WayOut,
  signal: AbortSignal,
): Promise<string> {
  const { certificate } = server;
  // A certificate that is given is trusted whatever its name, as Incus does.
  const tls = certificate === undefined ? {} : { tls: { ca: certificate, checkServerIdentity: () => undefined } };
  const dispatcher = wayOut.open(tls);
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
  const read = async (path: string): Promise<unknown> => {
    const { statusCode, body } = await request(`${server.url}/${path}`, { dispatcher, signal: deadline });
    if (statusCode === 200) return body.json();
    await body.dump();
    throw new Error(`${path}: the server answered ${statusCode}`);
  };
  try {
    const found = await (server.protocol === 'incus' ? onIncus(alias, read) : inStreams(alias, architecture, read));
    if (found === undefined) throw new Error(`it has no image for ${architecture} of that alias`);
    return found;
  } catch (cause) {
    signal.throwIfAborted();
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`find image "${alias}" at ${server.url}: ${why}`, { cause });
  } finally {
    await dispatcher.destroy();
  }
}

type Read = (path: string) => Promise<unknown>;

/** Source: `GET /1.0/images/aliases/{name}`, open to everybody for public images. */
async function onIncus(alias: string, read: Read): Promise<string | undefined> {
  return textAt(await read(`1.0/images/aliases/${encodeURIComponent(alias)}`), 'metadata', 'target');
}

/** Source: the simplestreams formats `index:1.0` and `products:1.0`; the fingerprint is that of metadata and squashfs. */
async function inStreams(alias: string, architecture: string, read: Read): Promise<string | undefined> {
  const index = entriesAt(await read('streams/v1/index.json'), 'index').map(([, stream]) => stream);
  const paths = index
    .filter(stream => textAt(stream, 'datatype') === 'image-downloads')
    .flatMap(stream => textAt(stream, 'path') ?? []);
  for (const path of paths) {
    const products = entriesAt(await read(path), 'products').map(([, product]) => product);
    const product = products.find(
      candidate =>
        textAt(candidate, 'arch') === (ARCHITECTURES[architecture] ?? architecture) &&
        textAt(candidate, 'aliases')?.split(',').includes(alias) === true,
    );
    const [newest] = entriesAt(product, 'versions').sort(([a], [b]) => (a < b ? 1 : -1));
    const items = entriesAt(newest?.[1], 'items').map(([, item]) => item);
    const found = items.flatMap(item => textAt(item, 'combined_squashfs_sha256') ?? [])[0];
    if (found !== undefined) return found;
  }
  return undefined;
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

function entriesAt(value: unknown, key: string): [string, unknown][] {
  return Object.entries(at(value, key) ?? {});
}
