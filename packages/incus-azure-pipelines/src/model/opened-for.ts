/** What a restricted project has to allow for the fittings of its guests, and no more. Pure. */
import { isFolder } from './device-rules.js';
import type { PoolSpec } from './pool.js';

/** The keys of the project that let in what the pools ask for. */
export function openedFor(
  pools: readonly Pick<PoolSpec, 'fittings'>[],
  network: string,
): Readonly<Record<string, string>> {
  const all = pools.flatMap(({ fittings }) => fittings ?? []);
  const devices = all.flatMap(fittings => Object.values(fittings.devices ?? {}));
  const has = (kind: string) => devices.some(({ type }) => type === kind);
  const folders = sorted(devices.filter(isFolder).flatMap(({ source }) => source ?? []));
  const networks = sorted(all.flatMap(fittings => fittings.network ?? []).filter(name => name !== network));
  return {
    'restricted.devices.disk': folders.length === 0 ? 'managed' : 'allow',
    ...(folders.length === 0 ? {} : { 'restricted.devices.disk.paths': folders.join(',') }),
    ...(has('unix-char') ? { 'restricted.devices.unix-char': 'allow' } : {}),
    ...(has('gpu') ? { 'restricted.devices.gpu': 'allow' } : {}),
    'restricted.networks.access': [network, ...networks].join(','),
  };
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}
