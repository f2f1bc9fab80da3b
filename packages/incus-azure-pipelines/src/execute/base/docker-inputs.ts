import type { DockerSpec, PreloadedImage } from '../../model/docker-spec.js';
import { sha256OfFile } from './sha256-of-file.js';

/** What docker is given, for the digest of a base: of an archive its content. @throws Error when one cannot be read. */
export async function dockerInputs(spec: DockerSpec | undefined, signal: AbortSignal): Promise<readonly unknown[]> {
  if (spec === undefined) return [];
  const images: string[] = [];
  for (const image of spec.preload) images.push(await identityOf(image, signal));
  return [spec.source, spec.daemon, images];
}

async function identityOf(image: PreloadedImage, signal: AbortSignal): Promise<string> {
  if (image.kind === 'pull') return image.reference;
  return await sha256OfFile(image.path, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Error(`read image archive ${image.path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  });
}
