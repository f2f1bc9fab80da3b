import { normaliseUrl } from 'azure-pipelines-client';

/**
 * Of the pools of a configuration the one whose credential is used: one with that agent pool rather than another of the same
 * server. Without a URL any server will do. Pure.
 */
export function choosePool<T extends { readonly azure: { readonly url: string; readonly agentPool: string } }>(
  pools: readonly T[],
  { agentPool, url }: { readonly agentPool: string; readonly url: string | undefined },
): T | undefined {
  const wanted = url === undefined ? undefined : normaliseUrl(url);
  const there = pools.filter(({ azure }) => wanted === undefined || normaliseUrl(azure.url) === wanted);
  return there.find(({ azure }) => azure.agentPool.toLowerCase() === agentPool.toLowerCase()) ?? there[0];
}
