import { createTar, type TarFileInput } from 'nanotar';
import type { Secret } from '../../lib/secret.js';
import { AGENT_USER } from './layout.js';

/** What an instance is told when it becomes an agent. */
export interface Activation {
  /** Name of the agent, and of the instance. */
  readonly name: string;
  /** Collection URL that the agent registers at. */
  readonly url: string;
  /** Name of the agent pool in Azure. */
  readonly agentPool: string;
  /** Folder of the jobs, below the agent's home. */
  readonly workFolder: string;
  /** The pool's variables for the agent and its jobs; values may hold anything but a NUL. */
  readonly environment: Readonly<Record<string, string>>;
  /** A script that has the machine use proxies and authorities; root runs it first. */
  readonly wayOut?: Secret | undefined;
  readonly credentials: ActivationCredentials;
}

type ActivationCredentials =
  /** The guest registers the agent itself and forgets the token. */
  | { readonly kind: 'token'; readonly token: Secret }
  /** The host has registered the agent; the texts of the agent's own three files. */
  | {
      readonly kind: 'registered';
      readonly agent: string;
      readonly credentials: Secret;
      readonly rsaParameters: Secret;
    };

/**
 * Packs an activation as the tar file to be pushed to `ACTIVATION_PATH`, once.
 *
 * Owners and modes stand in the archive, because those of a pushed file are set only after its content. The last
 * member, `complete`, tells the guest that all of it has arrived.
 *
 * Throws a RangeError when a variable's name is empty or holds `=`, or when any text holds a NUL.
 */
export function activationTar(activation: Activation): Uint8Array {
  const environment = Object.entries(activation.environment).map(([name, value]) => {
    if (name === '' || name.includes('=')) {
      throw new RangeError(
        `environment variable ${JSON.stringify(name)}: a name is not empty and holds no "="; rename it`,
      );
    }
    return `${text(`environment variable ${name}`, `${name}=${value}`)}\0`;
  });
  return createTar([
    rootFile('name', text('agent name', activation.name)),
    rootFile('url', text('url', activation.url)),
    rootFile('pool', text('agent pool', activation.agentPool)),
    rootFile('work', text('work folder', activation.workFolder)),
    rootFile('environment', environment.join('')),
    ...(activation.wayOut === undefined ? [] : [rootFile('way-out', activation.wayOut.reveal())]),
    ...credentialFiles(activation.credentials),
    rootFile('complete', ''),
  ]);
}

function credentialFiles(credentials: ActivationCredentials): TarFileInput[] {
  switch (credentials.kind) {
    case 'token':
      return [rootFile('token', text('token', `${credentials.token.reveal()}\n`))];
    case 'registered':
      return [
        agentFile('.agent', credentials.agent),
        agentFile('.credentials', credentials.credentials.reveal()),
        agentFile('.credentials_rsaparams', credentials.rsaParameters.reveal()),
      ];
  }
}

function rootFile(name: string, data: string): TarFileInput {
  return { name, data, attrs: { mode: '600', uid: 0, gid: 0 } };
}

function agentFile(name: string, data: string): TarFileInput {
  return { name, data, attrs: { mode: '600', uid: AGENT_USER.uid, gid: AGENT_USER.gid } };
}

function text(what: string, value: string): string {
  if (value.includes('\0')) throw new RangeError(`${what}: it holds a NUL character, which no program can be given`);
  return value;
}
