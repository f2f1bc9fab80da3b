/** Reads what setup may have made before. */

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type IncusClient, ignoreNotFound } from 'incus-client';
import { identityPaths } from '../model/identity-paths.js';
import { readInotify } from './inotify.js';
import type { Found } from './model.js';

export interface FindOptions {
  /** As an administrator of Incus, in the default project. */
  readonly root: IncusClient;
  readonly project: string;
  /** Name of ACL and network. */
  readonly name: string;
  readonly stateDirectory: string;
  readonly signal: AbortSignal;
}

/** Looks at Incus and at the state directory. @throws IncusError when Incus cannot be asked. */
export async function findSetup(options: FindOptions): Promise<Found> {
  const { root, name, signal } = options;
  const call = { signal };
  const inside = root.withProject(options.project);
  const project = (await root.projects.list(call)).find(one => one.name === options.project);
  const info = await root.server.info(call);
  const files = await readIdentity(options.stateDirectory, info.environment?.certificate);
  return {
    acl: (await root.server.networkAcls.list(call)).find(acl => acl.name === name),
    network: (await root.server.networks.list(call)).find(network => network.managed && network.name === name),
    project,
    profile: project && (await ignoreNotFound(inside.profiles.get('default', call)))?.profile,
    server: info.config,
    trusted: (await root.certificates.list(call)).filter(({ type }) => type === 'client'),
    inotify: await readInotify(),
    instances: project ? await inside.instances.list(call) : [],
    // Without images of its own it would show those of the default project.
    images: project?.config['features.images'] === 'true' ? await inside.images.list(call) : [],
    ...files,
  };
}

/** The fingerprint of the certificate in the state directory, where it fits its key and is pinned to this Incus. */
async function readIdentity(
  stateDirectory: string,
  serverCertificate: string | undefined,
): Promise<Pick<Found, 'fingerprint' | 'hasFiles'>> {
  const paths = identityPaths(stateDirectory);
  const read = (path: string) => readFile(path, 'utf8').catch(() => undefined);
  const certificate = await read(paths.certificatePath);
  const key = await read(paths.keyPath);
  const server = await read(paths.serverCertificatePath);
  const hasFiles = [certificate, key, server].some(text => text !== undefined);
  if (certificate === undefined || key === undefined || server?.trim() !== serverCertificate?.trim())
    return { fingerprint: undefined, hasFiles };
  return { fingerprint: fingerprintOf(certificate, key), hasFiles };
}

function fingerprintOf(certificate: string, key: string): string | undefined {
  try {
    const read = new X509Certificate(certificate);
    if (!read.checkPrivateKey(createPrivateKey(key))) return undefined;
    return read.fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return undefined;
  }
}
