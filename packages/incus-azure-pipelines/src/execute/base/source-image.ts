import { type CopySource, type IncusClient, ignoreNotFound, type ImageSource as WireImageSource } from 'incus-client';
import type { WayOut } from '../../lib/way-out.js';
import { instanceFault } from '../../model/device-rules.js';
import type { ImageServer, ImageSource } from '../../model/pool.js';
import { fingerprintAt } from './image-server.js';

/** Where a base starts from. */
export interface SourceImage {
  /** As Incus takes it on creation. */
  readonly source: WireImageSource | CopySource;
  /** Tells one image from another: its fingerprint; server and alias where the server cannot be asked from here. */
  readonly identity: string;
  /** Why it is not known which image the server has now, though Incus may be able to fetch it. */
  readonly unasked: string | undefined;
}

/**
 * Finds the source image: a local alias, or an alias on an image server.
 *
 * @param architecture as the kernel names it.
 * @throws Error when the image is to be local and there is no such alias; IncusError when Incus cannot be asked.
 */
export async function findSourceImage(
  client: IncusClient,
  image: ImageSource,
  architecture: string,
  wayOut: WayOut,
  signal: AbortSignal,
): Promise<SourceImage> {
  if (image.kind === 'instance') return instance(client, image.alias, signal);
  if (image.kind === 'server') return onServer(image.alias, image.server, architecture, wayOut, signal);
  const fingerprint = await client.images.resolveAlias(image.alias, { signal });
  if (fingerprint !== undefined)
    return { source: { type: 'image', fingerprint }, identity: fingerprint, unasked: undefined };
  if (image.kind === 'any') return onServer(image.alias, image.server, architecture, wayOut, signal);
  throw new Error(
    `find source image "${image.alias}": project "${client.project}" has no image of that alias; ` +
      `import one ("incus image import" or "incus image copy"), or correct baseImage`,
  );
}

/** One that has run since is taken for another: nobody knows what was changed in it meanwhile. */
async function instance(client: IncusClient, name: string, signal: AbortSignal): Promise<SourceImage> {
  const where = `find source instance "${name}" in project "${client.project}"`;
  const found = await ignoreNotFound(client.instances.get(name, { signal }));
  if (found === undefined) throw new Error(`${where}: there is none of that name; correct baseImage`);
  const { config, created_at, devices, last_used_at, status } = found.instance;
  if (status !== 'Stopped') throw new Error(`${where}: it is ${status}; stop it, so that what is copied is whole`);
  const fault = instanceFault({ name, config, devices });
  if (fault !== undefined) throw new Error(`${where}: ${fault}`);
  const source = { type: 'copy', source: name, instance_only: true } as const;
  return { source, identity: `instance ${name} ${created_at} ${last_used_at}`, unasked: undefined };
}

/** Incus fetches it by its alias: the list that it keeps of a server may be an hour old and lack the newest fingerprint. */
async function onServer(
  alias: string,
  server: ImageServer,
  architecture: string,
  wayOut: WayOut,
  signal: AbortSignal,
): Promise<SourceImage> {
  const { url, protocol, certificate } = server;
  const trust = certificate === undefined ? {} : { certificate };
  const source: WireImageSource = { type: 'image', mode: 'pull', server: url, protocol, alias, ...trust };
  try {
    const identity = await fingerprintAt(server, alias, architecture, wayOut, signal);
    return { source, identity, unasked: undefined };
  } catch (error) {
    signal.throwIfAborted();
    const unasked = error instanceof Error ? error.message : String(error);
    return { source, identity: `${protocol} ${url} ${alias}`, unasked };
  }
}
