/** An image of one file, as an archive and as a registry gives it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createTar } from 'nanotar';

/** An image that holds `/note`. */
export interface NoteImage {
  readonly config: Uint8Array;
  readonly layer: Uint8Array;
}

/** Makes an image with this text as its one file. */
export function noteImage(note: string): NoteImage {
  const layer = createTar([{ name: 'note', data: note }]);
  const config = JSON.stringify({
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Cmd: ['/note'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  });
  return { config: Buffer.from(config), layer };
}

/** The image as `docker save` writes it. */
export function archiveOf({ config, layer }: NoteImage, tag: string): Uint8Array {
  const manifest = JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }]);
  return createTar([
    { name: 'config.json', data: config },
    { name: 'layer.tar', data: layer },
    { name: 'manifest.json', data: manifest },
  ]);
}

/** A registry that gives out images by name; it is asked for them by `docker pull`. */
export class ImageRegistry implements AsyncDisposable {
  /** What it was asked for, in order. */
  readonly asked: string[] = [];
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server, images: Readonly<Record<string, NoteImage>>, port: number) {
    this.#server = server;
    this.port = port;
    server.on('request', (request, response) => this.#answer(request, response, images));
  }

  /** Starts one, without TLS unless it is given PEM texts. */
  static async start(
    host: string,
    images: Readonly<Record<string, NoteImage>>,
    tls?: { readonly cert: string; readonly key: string },
  ): Promise<ImageRegistry> {
    const server = tls === undefined ? createServer() : createHttpsServer({ cert: tls.cert, key: tls.key });
    await new Promise<void>(resolve => server.listen(0, host, resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the registry has no port');
    return new ImageRegistry(server, images, address.port);
  }

  #answer(
    { method, url = '' }: IncomingMessage,
    response: ServerResponse,
    images: Readonly<Record<string, NoteImage>>,
  ) {
    this.asked.push(url);
    const [, name = '', kind, reference = ''] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/?]+)/.exec(url) ?? [];
    const image = images[name];
    const answer = kind === undefined || image === undefined ? undefined : partOf(image, kind, reference);
    const isThere = answer !== undefined || /^\/v2\/?$/.test(url);
    response.writeHead(isThere ? 200 : 404, {
      'content-type': answer?.type ?? 'application/json',
      ...(answer && { 'content-length': answer.bytes.length, 'docker-content-digest': digestOf(answer.bytes) }),
    });
    response.end(method === 'HEAD' ? undefined : (answer?.bytes ?? '{}'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

function partOf(image: NoteImage, kind: string, reference: string) {
  const { config, layer } = image;
  const part = (mediaType: string, bytes: Uint8Array) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) });
  if (kind === 'blobs') {
    const bytes = [config, layer].find(one => digestOf(one) === reference);
    return bytes && { type: 'application/octet-stream', bytes };
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: part('application/vnd.docker.container.image.v1+json', config),
    layers: [part('application/vnd.docker.image.rootfs.diff.tar', layer)],
  };
  return { type: MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)) };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
