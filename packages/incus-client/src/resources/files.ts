import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { type CallOptions, deadlines, withDeadline } from '../deadline.js';
import { IncusError } from '../errors.js';
import { callFor, type Scope } from '../scope.js';
import { parseEnvelope } from '../wire/envelope.js';

/** Owner and mode as the guest sees them; they apply to what is created, not to what is overwritten. */
export interface FileAttributes {
  readonly uid?: number;
  readonly gid?: number;
  /** Permission bits, for instance `0o600`; setuid and the like are dropped by the daemon. */
  readonly mode?: number;
}

export interface PushAttributes extends FileAttributes {
  /** Default `overwrite`, which truncates and keeps owner and mode. `append` wants the file to be there. */
  readonly write?: 'overwrite' | 'append';
}

interface Attributes {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export type PulledFile =
  /** The content of a symbolic link is the path that it leads to. */
  | (Attributes & { readonly type: 'file' | 'symlink'; readonly content: Uint8Array })
  | (Attributes & { readonly type: 'directory'; readonly entries: readonly string[] });

/**
 * Files of an instance, stopped or running: `/1.0/instances/{name}/files`. Parents are never created.
 *
 * On a running instance a new file is root's, mode 0644, until its content is complete; protect a secret by pushing it
 * into a directory of mode 0700. Never pull a path that foreign code can write: opening a FIFO wedges the instance.
 */
export interface Files {
  push(
    instance: string,
    path: string,
    content: string | Uint8Array | Readable,
    attributes?: PushAttributes,
    options?: CallOptions,
  ): Promise<void>;
  /** Makes a directory; one that is there stays as it is. */
  makeDirectory(instance: string, path: string, attributes?: FileAttributes, options?: CallOptions): Promise<void>;
  /** @throws IncusError `invalid` when the file is larger than `maxBytes` (default 16 MiB). */
  pull(instance: string, path: string, options?: CallOptions & { readonly maxBytes?: number }): Promise<PulledFile>;
  /** Deletes a file or an empty directory. */
  delete(instance: string, path: string, options?: CallOptions): Promise<void>;
}

const route = '/1.0/instances/{name}/files';
const defaultMaxBytes = 16 * 1024 * 1024;

export function makeFiles(scope: Scope): Files {
  function at(instance: string, path: string) {
    return { route, names: { name: instance }, query: { project: scope.project, path } };
  }
  return {
    async push(instance, path, content, attributes, options) {
      const tried = `push ${path} to instance "${instance}"`;
      const headers = {
        'content-type': 'application/octet-stream',
        ...fileHeaders('file', attributes),
        'X-Incus-write': attributes?.write ?? 'overwrite',
      };
      await withDeadline(tried, options, deadlines.transferMs, signal =>
        scope.transport.call({ tried, method: 'POST', ...at(instance, path), headers, body: content }, signal),
      );
    },
    async makeDirectory(instance, path, attributes, options) {
      const tried = `make directory ${path} in instance "${instance}"`;
      const headers = fileHeaders('directory', attributes);
      await callFor(scope, { tried, method: 'POST', ...at(instance, path), headers }, options);
    },
    async pull(instance, path, options) {
      const tried = `pull ${path} from instance "${instance}"`;
      const maxBytes = options?.maxBytes ?? defaultMaxBytes;
      return await withDeadline(tried, options, deadlines.transferMs, signal =>
        scope.transport.send({ tried, method: 'GET', ...at(instance, path) }, signal, response =>
          readPulled(tried, response, maxBytes),
        ),
      );
    },
    async delete(instance, path, options) {
      const tried = `delete ${path} in instance "${instance}"`;
      await callFor(scope, { tried, method: 'DELETE', ...at(instance, path) }, options);
    },
  };
}

/** The daemon reads the mode as a Go literal, so only the leading zero makes it octal. */
export function fileHeaders(type: 'file' | 'directory', attributes: FileAttributes = {}): Record<string, string> {
  const { uid, gid, mode } = attributes;
  return {
    'X-Incus-type': type,
    ...(uid === undefined ? {} : { 'X-Incus-uid': String(uid) }),
    ...(gid === undefined ? {} : { 'X-Incus-gid': String(gid) }),
    ...(mode === undefined ? {} : { 'X-Incus-mode': `0${mode.toString(8)}` }),
  };
}

async function readPulled(tried: string, response: Dispatcher.ResponseData, maxBytes: number): Promise<PulledFile> {
  const { headers } = response;
  const attributes = {
    uid: Number(headers['x-incus-uid']),
    gid: Number(headers['x-incus-gid']),
    mode: Number.parseInt(String(headers['x-incus-mode']), 8),
  };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new IncusError('invalid', `${tried}: it is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks);
  const type = headers['x-incus-type'];
  if (type !== 'directory') return { type: type === 'symlink' ? 'symlink' : 'file', ...attributes, content };
  const envelope = parseEnvelope<readonly string[] | null>(content.toString());
  return { type, ...attributes, entries: (envelope?.type === 'sync' && envelope.metadata) || [] };
}
