import type { IncusClient, ImageSource as WireImageSource } from 'incus-client';
import type { ImageServer, ImageSource } from '../../model/pool.js';

/** Where a base starts from. */
export interface SourceImage {
  /** As Incus takes it on creation. */
  readonly source: WireImageSource;
  /** Tells one image from another: the fingerprint of a local one, server and alias of a remote one. */
  readonly identity: string;
}

/**
 * Finds the source image: a local alias, or an alias on an image server, which is not asked yet.
 *
 * @throws Error when the image is to be local and there is no such alias; IncusError when Incus cannot be asked.
 */
export async function findSourceImage(
  client: IncusClient,
  image: ImageSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<SourceImage> {
  if (image.kind === 'server') return onServer(image.alias, image.server);
  const fingerprint = await client.images.resolveAlias(image.alias, options);
  if (fingerprint !== undefined) return { source: { type: 'image', fingerprint }, identity: fingerprint };
  if (image.kind === 'any') return onServer(image.alias, image.server);
  throw new Error(
    `find source image "${image.alias}": project "${client.project}" has no image of that alias; ` +
      `import one ("incus image import" or "incus image copy"), or correct baseImage`,
  );
}

function onServer(alias: string, { url, protocol, certificate }: ImageServer): SourceImage {
  return {
    source: {
      type: 'image',
      mode: 'pull',
      server: url,
      protocol,
      alias,
      ...(certificate === undefined ? {} : { certificate }),
    },
    identity: `${protocol} ${url} ${alias}`,
  };
}
