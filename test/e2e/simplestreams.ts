import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageFiles } from '../../testbed/image.js';
import { runCommand } from '../../testbed/run-command.js';

/** An image server as the public ones are: a tree of files over HTTPS. */
export interface ImageServer extends AsyncDisposable {
  readonly url: string;
  /** PEM file of the authority that signed its certificate. */
  readonly authorityPath: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

/**
 * Serves one image under an alias. Source: the `products:1.0` format of simplestreams, with `combined_squashfs_sha256`,
 * the digest of metadata and root file system one after the other, which becomes the image's fingerprint.
 *
 * @param directory holds the keys.
 */
export async function serveImage(files: ImageFiles, alias: string, directory: string): Promise<ImageServer> {
  const { key, cert, authorityPath } = await makeCertificate(directory);
  const texts = await streams(files, alias);
  const contents: Readonly<Record<string, string>> = {
    '/images/incus.tar.xz': files.metadata,
    '/images/rootfs.squashfs': files.rootfs,
  };
  const asked: string[] = [];
  const sendFile = async (file: string, answer: ServerResponse) => {
    answer.setHeader('content-length', (await stat(file)).size);
    await pipeline(createReadStream(file), answer);
  };
  const server = createServer({ key, cert }, (request, answer) => {
    const path = request.url ?? '';
    asked.push(path);
    const text = texts[path];
    const file = contents[path];
    if (text !== undefined) answer.end(text);
    else if (file === undefined) answer.writeHead(404).end();
    // A client that leaves early is its own affair.
    else sendFile(file, answer).catch(() => answer.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorityPath,
    asked,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

async function streams({ metadata, rootfs }: ImageFiles, alias: string): Promise<Readonly<Record<string, string>>> {
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const product = `debian:test:${arch}:default`;
  const version = {
    items: {
      'incus.tar.xz': {
        ...(await describe('images/incus.tar.xz', metadata)),
        ftype: 'incus.tar.xz',
        combined_squashfs_sha256: await digest(metadata, rootfs),
      },
      'rootfs.squashfs': { ...(await describe('images/rootfs.squashfs', rootfs)), ftype: 'squashfs' },
    },
  };
  const shape = { datatype: 'image-downloads', format: 'products:1.0' };
  return {
    '/streams/v1/index.json': JSON.stringify({
      format: 'index:1.0',
      index: { images: { ...shape, path: 'streams/v1/images.json', products: [product] } },
    }),
    '/streams/v1/images.json': JSON.stringify({
      ...shape,
      content_id: 'images',
      products: {
        [product]: {
          aliases: alias,
          arch,
          os: 'Debian',
          release: 'test',
          release_title: 'test',
          variant: 'default',
          versions: { '20260101_0000': version },
        },
      },
    }),
  };
}

async function describe(path: string, file: string): Promise<object> {
  return { path, size: (await stat(file)).size, sha256: await digest(file) };
}

async function digest(...files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

const REQUEST = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];

/** Makes an authority, and a certificate of it for 127.0.0.1. */
async function makeCertificate(directory: string): Promise<{ key: string; cert: string; authorityPath: string }> {
  const path = (name: string) => join(directory, name);
  const make = (name: string, ...args: readonly string[]) =>
    runCommand('openssl', [
      ...REQUEST,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.pem`),
      '-subj',
      `/CN=${name}`,
      ...args,
    ]);
  await make('authority', '-addext', 'basicConstraints=critical,CA:TRUE');
  const signed = ['-CA', path('authority.pem'), '-CAkey', path('authority.key')];
  await make('server', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE');
  const [key, cert] = await Promise.all([path('server.key'), path('server.pem')].map(file => readFile(file, 'utf8')));
  return { key: key ?? '', cert: cert ?? '', authorityPath: path('authority.pem') };
}
