import { openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';
import { FormData } from 'undici';
import { type CallOptions, deadlines, withDeadline } from '../deadline.js';
import { IncusError, ignoreNotFound } from '../errors.js';
import { callFor, type Scope } from '../scope.js';
import { runOperation, type WaitOptions } from '../wait.js';
import { type Image, type ImageAlias, readImage } from '../wire/image.js';
import type { StringMap } from '../wire/instance.js';
import type { Operation } from '../wire/operation.js';

export interface ImportOptions extends WaitOptions {
  /** Merged over those in the image's own `metadata.yaml`. */
  readonly properties?: StringMap | undefined;
  readonly public?: boolean | undefined;
}

export interface PublishRequest {
  /** An instance that is stopped, or a snapshot, `instance/snapshot`. */
  readonly source: { readonly type: 'instance' | 'snapshot'; readonly name: string };
  /** `none` and `zstd` take about a second for 200 MB; `gzip`, the daemon's own default, takes eight. */
  readonly compression_algorithm: string;
  readonly properties?: StringMap;
  readonly public?: boolean;
}

export interface StoredImage {
  readonly fingerprint: string;
}

/**
 * Images: `/1.0/images`. Importing and publishing take no alias, because an alias that exists would fail the call after
 * the image was stored: store first, then create or retarget the alias.
 */
export interface Images {
  list(options?: CallOptions): Promise<readonly Image[]>;
  /** Takes a fingerprint or a unique prefix, not an alias. */
  get(fingerprint: string, options?: CallOptions): Promise<Image>;
  aliases(options?: CallOptions): Promise<readonly ImageAlias[]>;
  /** The fingerprint that an alias stands for; `undefined` when there is none. */
  resolveAlias(name: string, options?: CallOptions): Promise<string | undefined>;
  createAlias(
    name: string,
    fingerprint: string,
    options?: CallOptions & { readonly description?: string },
  ): Promise<void>;
  /** Points an alias to another image, at once. */
  retargetAlias(name: string, fingerprint: string, options?: CallOptions): Promise<void>;
  deleteAlias(name: string, options?: CallOptions): Promise<void>;
  /** Imports a tarball that holds `metadata.yaml` and `rootfs/`, from a file of this machine. */
  importUnified(file: string, options?: ImportOptions): Promise<StoredImage>;
  /** Imports a metadata tarball and a root file system (squashfs or tarball), from files of this machine. */
  importSplit(metadataFile: string, rootfsFile: string, options?: ImportOptions): Promise<StoredImage>;
  /** Makes an image of an instance or snapshot. */
  publish(request: PublishRequest, options?: WaitOptions): Promise<StoredImage>;
  /** Deletes an image and its aliases; instances made from it stay. */
  delete(fingerprint: string, options?: WaitOptions): Promise<void>;
}

const all = '/1.0/images';
const one = '/1.0/images/{fingerprint}';
const aliases = '/1.0/images/aliases';
const oneAlias = '/1.0/images/aliases/{name}';

export function makeImages(scope: Scope): Images {
  const query = { project: scope.project };

  async function getAlias(name: string, options?: CallOptions): Promise<ImageAlias> {
    const exchange = {
      tried: `get image alias "${name}"`,
      method: 'GET',
      route: oneAlias,
      names: { name },
      query,
    } as const;
    return await callFor(scope, exchange, options);
  }

  return {
    async list(options) {
      const exchange = { tried: 'list images', method: 'GET', route: all, query: { ...query, recursion: 1 } } as const;
      return ((await callFor<readonly Image[] | null>(scope, exchange, options)) ?? []).map(readImage);
    },
    async get(fingerprint, options) {
      const tried = `get image ${fingerprint}`;
      const exchange = { tried, method: 'GET', route: one, names: { fingerprint }, query } as const;
      return readImage(await callFor<Image>(scope, exchange, options));
    },
    async aliases(options) {
      const exchange = {
        tried: 'list image aliases',
        method: 'GET',
        route: aliases,
        query: { ...query, recursion: 1 },
      };
      return (await callFor<readonly ImageAlias[] | null>(scope, { ...exchange, method: 'GET' }, options)) ?? [];
    },
    async resolveAlias(name, options) {
      return (await ignoreNotFound(getAlias(name, options)))?.target;
    },
    async createAlias(name, fingerprint, options) {
      const json = { name, target: fingerprint, description: options?.description ?? '' };
      await callFor(
        scope,
        { tried: `create image alias "${name}"`, method: 'POST', route: aliases, query, json },
        options,
      );
    },
    async retargetAlias(name, fingerprint, options) {
      const tried = `point image alias "${name}" to ${fingerprint}`;
      const json = { target: fingerprint };
      await callFor(scope, { tried, method: 'PATCH', route: oneAlias, names: { name }, query, json }, options);
    },
    async deleteAlias(name, options) {
      const tried = `delete image alias "${name}"`;
      await callFor(scope, { tried, method: 'DELETE', route: oneAlias, names: { name }, query }, options);
    },
    async importUnified(file, options) {
      const tried = `import image ${file}`;
      const headers = { 'content-type': 'application/octet-stream', ...importHeaders(options) };
      // A call that is over before it begins must not open the file, and no call may leave it open.
      return await withDeadline(tried, options, deadlines.imageMs, async signal => {
        const opened = await open(file).catch((error: Error) => {
          throw new IncusError('failed', `${tried}: ${error.message}`, { cause: error });
        });
        const body = opened.createReadStream();
        try {
          const exchange = { tried, method: 'POST', route: all, query, headers, body } as const;
          return storedBy(tried, await runOperation(scope, exchange, { ...options, signal }, deadlines.imageMs));
        } finally {
          body.destroy();
          await opened.close();
        }
      });
    },
    async importSplit(metadataFile, rootfsFile, options) {
      const tried = `import image ${metadataFile} with ${rootfsFile}`;
      const body = new FormData();
      // The daemon wants them in this order. The blobs are read as they are sent.
      body.append('metadata', await openAsBlob(metadataFile), 'metadata.tar');
      body.append('rootfs', await openAsBlob(rootfsFile), 'rootfs');
      const exchange = { tried, method: 'POST', route: all, query, headers: importHeaders(options), body } as const;
      return storedBy(tried, await runOperation(scope, exchange, options, deadlines.imageMs));
    },
    async publish(request, options) {
      const tried = `publish ${request.source.type} "${request.source.name}"`;
      const exchange = { tried, method: 'POST', route: all, query, json: request } as const;
      return storedBy(tried, await runOperation(scope, exchange, options, deadlines.imageMs));
    },
    async delete(fingerprint, options) {
      const tried = `delete image ${fingerprint}`;
      const exchange = { tried, method: 'DELETE', route: one, names: { fingerprint }, query } as const;
      await runOperation(scope, exchange, options, deadlines.operationMs);
    },
  };
}

function importHeaders(options: ImportOptions | undefined): Record<string, string> {
  const properties = new URLSearchParams(Object.entries(options?.properties ?? {})).toString();
  return {
    'X-Incus-public': String(options?.public ?? false),
    ...(properties === '' ? {} : { 'X-Incus-properties': properties }),
  };
}

function storedBy(tried: string, operation: Operation): StoredImage {
  const fingerprint = operation.metadata?.fingerprint;
  if (typeof fingerprint !== 'string') throw new IncusError('failed', `${tried}: the daemon named no fingerprint`);
  return { fingerprint };
}
