/** A scenario's project as `setup` makes it, whose daemon has a certificate for it and no socket. */
import type { IncusClient } from 'incus-client';
import { chooseGateway, parseIpv4Network } from './choose-network.js';
import { type Ended, runProgram } from './daemon-process.js';
import { freePort } from './free-port.js';
import { buildImage, type ImageFiles } from './image.js';
import { hostNetworks } from './plan-run.js';
import { imageCacheDirectory } from './work-tree.js';

export interface ConfinedPlace {
  readonly root: IncusClient;
  readonly socketPath: string;
  readonly configPath: string;
}

/** Whether scenarios are confined unless they say otherwise. */
export function isConfinedRun(): boolean {
  return process.env.IAP_CONFINED === '1';
}

/** The keys by which a configuration reaches Incus with the certificate that setup makes, and has a network of its own. */
export async function confinedKeys(
  root: IncusClient,
  gateway: string,
  { network, incus }: Readonly<Record<string, unknown>> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const listens = (await root.server.info()).config['core.https_address'] || `127.0.0.1:${await freePort()}`;
  const taken = (await hostNetworks()).flatMap(text => parseIpv4Network(text) ?? []);
  // What a test serves stands beside the emulator.
  const own = { address: `${chooseGateway(taken, Math.random)}/24`, allow: [gateway] };
  return {
    incus: incus ?? { url: `https://${listens}` },
    network: { ...own, ...(typeof network === 'object' ? network : {}) },
  };
}

/** Has the program make what its configuration says, or take it back. @throws Error when it fails. */
export async function callSetup({ configPath, socketPath }: ConfinedPlace, ...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, INCUS_SOCKET: socketPath };
  const ended = await runProgram(['setup', '--config', configPath, '--yes', ...args], { env });
  if (ended.code === 0) return ended;
  throw new Error(`setup ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
}

/** Imports an image into a project, which sees no others; that of the testbed when none is given. */
export async function placeImage(incus: IncusClient, alias: string, files?: ImageFiles): Promise<void> {
  const { metadata, rootfs } = files ?? (await buildImage({ cacheDirectory: imageCacheDirectory() }));
  const { fingerprint } = await incus.images.importSplit(metadata, rootfs);
  await incus.images.createAlias(alias, fingerprint);
}
