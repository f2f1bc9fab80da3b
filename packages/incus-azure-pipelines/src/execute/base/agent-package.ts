import { basename } from 'node:path';
import { type AzurePipelinesClient, isAzurePipelinesError, type PackageMetadata } from 'azure-pipelines-client';
import type { AgentSource } from '../../model/pool.js';
import { sha256OfFile } from './sha256-of-file.js';

/** One release of the agent for one platform. */
export interface AgentPackage {
  /** As the server names it, `4.275.0`; that of a file without a version in its name is made from its content. */
  readonly version: string;
  /** Of the archive, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly from: { readonly kind: 'file'; readonly path: string } | { readonly kind: 'url'; readonly url: string };
}

const platforms: Readonly<Record<string, string>> = {
  x86_64: 'linux-x64',
  aarch64: 'linux-arm64',
  armv7l: 'linux-arm',
};

/**
 * Names the agent's platform for an architecture as Incus writes it (`x86_64`).
 *
 * @throws Error when there is no agent for it.
 */
export function agentPlatform(architecture: string): string {
  const platform = platforms[architecture];
  if (platform !== undefined) return platform;
  const known = Object.keys(platforms).join(', ');
  throw new Error(`choose an agent package: there is no agent for architecture "${architecture}", only for ${known}`);
}

/**
 * Finds the agent that a base asks for, without downloading it.
 *
 * @param architecture as Incus writes it.
 * @throws Error when there is none; AzurePipelinesError when the server cannot be asked.
 */
export async function findAgent(
  wish: AgentSource,
  azure: Pick<AzurePipelinesClient, 'url' | 'packages'>,
  architecture: string,
  signal: AbortSignal,
): Promise<AgentPackage> {
  if (wish.kind === 'file') return describeAgentFile(wish.path, signal);
  return findServerAgent(azure, wish, agentPlatform(architecture), signal);
}

/**
 * Reads which package a file on this machine is.
 *
 * @throws Error when it cannot be read.
 */
export async function describeAgentFile(path: string, signal: AbortSignal): Promise<AgentPackage> {
  const sha256 = await sha256OfFile(path, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Error(`read agent package ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const version = /-(\d+\.\d+\.\d+)\.(?:tar\.gz|tgz)$/.exec(basename(path))?.[1] ?? `local-${sha256.slice(0, 8)}`;
  return { version, sha256, from: { kind: 'file', path } };
}

/**
 * Asks the Azure DevOps server for its newest agent, or for one version of it. Nothing is downloaded.
 *
 * @throws Error when it has none for the platform, or none with a hash; AzurePipelinesError when it cannot be asked.
 */
export async function findServerAgent(
  azure: Pick<AzurePipelinesClient, 'url' | 'packages'>,
  wish: Exclude<AgentSource, { kind: 'file' }>,
  platform: string,
  signal: AbortSignal,
): Promise<AgentPackage> {
  const which = wish.kind === 'latest' ? 'the agent package' : `agent package ${wish.version}`;
  const where = `find ${which} for ${platform} at ${azure.url}`;
  const found = await offered(azure.packages, wish, platform, signal);
  if (found === undefined) {
    const remedy = wish.kind === 'latest' ? '' : 'correct agentVersion, or ';
    throw new Error(`${where}: the server offers none; ${remedy}give agentPackage, a file on this host`);
  }
  const { major, minor, patch } = found.version;
  // The agent's own update takes the digits in either case and with dashes between them.
  const sha256 = (found.hashValue ?? '').replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Error(`${where}: the server gives no SHA-256 for it; give agentPackage, a file on this host`);
  }
  return { version: `${major}.${minor}.${patch}`, sha256, from: { kind: 'url', url: found.downloadUrl } };
}

async function offered(
  packages: AzurePipelinesClient['packages'],
  wish: Exclude<AgentSource, { kind: 'file' }>,
  platform: string,
  signal: AbortSignal,
): Promise<PackageMetadata | undefined> {
  if (wish.kind === 'latest') return packages.latest({ platform }, { signal });
  try {
    return await packages.get({ platform, version: wish.version }, { signal });
  } catch (error) {
    if (isAzurePipelinesError(error, 'not-found')) return undefined;
    throw error;
  }
}
