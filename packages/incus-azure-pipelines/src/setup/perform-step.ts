/** Doing what a plan says. */

import { chown, mkdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type IncusClient, ignoreNotFound } from 'incus-client';
import { makeClientIdentity } from '../lib/client-certificate.js';
import { replaceFile } from '../lib/installation.js';
import { UserError } from '../lib/user-error.js';
import { type IdentityPaths, identityPaths } from '../model/identity-paths.js';
import { raiseInotify, restoreInotify } from './inotify.js';
import type { Step } from './model.js';
import { despitePassingInterfaces } from './passing-interfaces.js';

export interface StepTools {
  /** As an administrator of Incus, in the default project. */
  readonly root: IncusClient;
  readonly stateDirectory: string;
  readonly signal: AbortSignal;
}

/** Does one step. @throws IncusError or Error that says what was tried; what was done by the steps before stays. */
export async function performStep(step: Step, { root, stateDirectory, signal }: StepTools): Promise<void> {
  const call = { signal };
  const { networkAcls, networks } = root.server;
  switch (step.kind) {
    case 'make-acl':
      return networkAcls.create(step.acl, call);
    case 'change-acl':
      return despitePassingInterfaces(() => networkAcls.replace(step.acl.name, () => step.acl, call));
    case 'make-network':
      return makeBridge(() => networks.create({ ...step.network, type: 'bridge' }, call));
    case 'change-network':
      return despitePassingInterfaces(() => networks.replace(step.network.name, () => step.network, call));
    case 'make-project':
      return root.projects.create(step.project, call);
    case 'change-project':
      return root.projects.replace(step.project.name, () => step.project, call);
    case 'change-profile':
      return root.withProject(step.project).profiles.replace('default', () => step.profile, call);
    case 'set-server-keys':
      return root.server.patchConfig(step.keys, call);
    case 'make-certificate':
      return makeCertificate(step, { root, stateDirectory, signal });
    case 'distrust':
      await ignoreNotFound(root.certificates.delete(step.fingerprint, call));
      return;
    case 'delete-files':
      return rm(dirname(identityPaths(stateDirectory).keyPath), { recursive: true });
    case 'raise-inotify':
      return raiseInotify(step.from, step.to);
    case 'restore-inotify':
      return restoreInotify(step.to);
    case 'delete-instance':
      await ignoreNotFound(root.withProject(step.project).instances.stop(step.name, { force: true }, call));
      await ignoreNotFound(root.withProject(step.project).instances.delete(step.name, call));
      return;
    case 'delete-image':
      await ignoreNotFound(root.withProject(step.project).images.delete(step.fingerprint, call));
      return;
    case 'delete-project':
      return root.projects.delete(step.name, call);
    case 'delete-network':
      return despitePassingInterfaces(() => networks.delete(step.name, call));
    case 'delete-acl':
      return networkAcls.delete(step.name, call);
  }
}

/** Incus may find no subnet that nobody answers from, though there are some. */
async function makeBridge(create: () => Promise<void>): Promise<void> {
  try {
    await despitePassingInterfaces(create);
  } catch (error) {
    if (!(error instanceof Error) || !/unused IPv4 subnet/.test(error.message)) throw error;
    throw new UserError(`${error.message}: write one as network.address, such as 10.213.0.1/24`, { cause: error });
  }
}

/** The key is on the disk before Incus trusts it: one that is trusted and lost could not be told from a stranger's. */
async function makeCertificate(
  step: Extract<Step, { kind: 'make-certificate' }>,
  { root, stateDirectory, signal }: StepTools,
): Promise<void> {
  const { name, description, project } = step;
  const { certificate, key } = makeClientIdentity(name, Date.now());
  const server = (await root.server.info({ signal })).environment?.certificate ?? '';
  await writeIdentity(identityPaths(stateDirectory), { certificate, key, server });
  const post = { name, description, certificate, restricted: true, projects: [project] };
  await root.certificates.add(post, { signal });
}

/** Writes the files for whom the state directory belongs to, and for nobody else. */
async function writeIdentity(
  paths: IdentityPaths,
  texts: { readonly certificate: string; readonly key: string; readonly server: string },
): Promise<void> {
  const directory = dirname(paths.keyPath);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { uid, gid } = await stat(dirname(directory));
  const files = [
    [paths.keyPath, texts.key],
    [paths.certificatePath, texts.certificate],
    [paths.serverCertificatePath, texts.server],
  ] as const;
  for (const [path, text] of files) {
    await replaceFile(path, text);
    await chown(path, uid, gid);
  }
  await chown(directory, uid, gid);
}
