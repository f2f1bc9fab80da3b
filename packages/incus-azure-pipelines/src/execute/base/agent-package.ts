import { basename } from 'node:path';
import type { AzurePipelinesClient } from 'azure-pipelines-client';
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
 * Asks the Azure DevOps server for its newest agent. Nothing is downloaded.
 *
 * @throws Error when it has none for the platform, or none with a hash; AzurePipelinesError when it cannot be asked.
 */
export async function findServerAgent(
  azure: Pick<AzurePipelinesClient, 'url' | 'packages'>,
  platform: string,
  signal: AbortSignal,
): Promise<AgentPackage> {
  const latest = await azure.packages.latest({ platform }, { signal });
  const where = `find the agent package for ${platform} at ${azure.url}`;
  if (latest === undefined) throw new Error(`${where}: the server offers none; give agentPackage, a file on this host`);
  const { major, minor, patch } = latest.version;
  // The agent's own update takes the digits in either case and with dashes between them.
  const sha256 = (latest.hashValue ?? '').replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new Error(`${where}: the server gives no SHA-256 for it; give agentPackage, a file on this host`);
  }
  return { version: `${major}.${minor}.${patch}`, sha256, from: { kind: 'url', url: latest.downloadUrl } };
}
