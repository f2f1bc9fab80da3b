/** Docker in a base. */
export interface DockerSpec {
  /** Whether the image's distribution gives it, or a provision script. */
  readonly source: 'distribution' | 'script';
  /** What docker's own configuration says beside the storage driver. */
  readonly daemon: DockerDaemonSpec;
  /** Images that are there in every agent, in order. */
  readonly preload: readonly PreloadedImage[];
}

/** Keys of docker's `daemon.json`, under the names that it has for them. */
export interface DockerDaemonSpec {
  readonly 'registry-mirrors'?: readonly string[];
  readonly 'insecure-registries'?: readonly string[];
  readonly 'default-address-pools'?: readonly { readonly base: string; readonly size: number }[];
  readonly mtu?: number;
}

/** An image by its name in a registry, or an archive of images on this host. */
export type PreloadedImage =
  | { readonly kind: 'pull'; readonly reference: string }
  | { readonly kind: 'archive'; readonly path: string };

/** What a base gets that asks for docker and nothing more. */
export const PLAIN_DOCKER: DockerSpec = { source: 'distribution', daemon: {}, preload: [] };
