import { connectIncus, findSocket } from 'incus-client';
import type { Installation } from '../lib/installation.js';
import type { DaemonSpec } from '../model/pool.js';
import { findSetup } from './find.js';
import { lookAround } from './look-around.js';
import type { Found, SetupPlan, Step, Wish } from './model.js';
import { performStep } from './perform-step.js';
import { planRemoval } from './plan-removal.js';
import { HTTPS_ADDRESS, planSetup } from './plan-setup.js';
import { wishOf } from './wish.js';

/** Setting up and taking back, over the local socket of Incus as its administrator. */
export interface Setup extends AsyncDisposable {
  planSetup(): Promise<SetupPlan>;
  planRemoval(): Promise<SetupPlan>;
  /** @throws IncusError or Error that says what was tried. */
  perform(step: Step): Promise<void>;
  /** Where Incus is reached from this host over HTTPS. */
  url(): Promise<string>;
}

export interface SetupParts {
  readonly spec: DaemonSpec;
  readonly installation: Installation;
  /** The storage pool that was asked for. */
  readonly storagePool: string | undefined;
  readonly signal: AbortSignal;
}

/** Connects to the socket that the configuration names, else to that of the local Incus. */
export async function openSetup({ spec, installation, storagePool, signal }: SetupParts): Promise<Setup> {
  const { incus } = spec;
  const named = incus.kind === 'unix' ? incus.socketPath : undefined;
  const root = connectIncus({ connection: named === undefined ? findSocket() : { kind: 'unix', socketPath: named } });
  const { ownerId, owner } = installation;
  const { stateDirectory } = spec;
  const look = async (): Promise<[Wish, Found]> => {
    const wish = wishOf(spec, await lookAround({ root, spec, ownerId, owner, storagePool, signal }));
    const { name } = wish.network;
    return [wish, await findSetup({ root, project: spec.project, name, stateDirectory, signal })];
  };
  return {
    planSetup: async () => planSetup(...(await look())),
    planRemoval: async () => planRemoval(...(await look())),
    perform: step => performStep(step, { root, stateDirectory, signal }),
    async url() {
      const { config } = await root.server.info({ signal });
      return urlOf(config[HTTPS_ADDRESS] ?? '');
    },
    [Symbol.asyncDispose]: () => root.close(),
  };
}

/** An address of Incus as this host reaches it: one that stands for all addresses is replaced by that of loopback. */
export function urlOf(address: string): string {
  const [, host = '', port = '8443'] = /^(.*?)(?::(\d+))?$/.exec(address) ?? [];
  const isAny = host === '' || host === '0.0.0.0' || host === '[::]' || host === '*';
  return `https://${isAny ? '127.0.0.1' : host}:${port}`;
}
