import { type CallOptions, deadlines, withDeadline } from '../deadline.js';
import { callFor, type Scope } from '../scope.js';
import type { StringMap } from '../wire/instance.js';
import type { HostResources, ServerInfo } from '../wire/server.js';
import { makeNetworkAcls, type NetworkAcls } from './network-acls.js';
import { makeNetworks, type Networks } from './networks.js';
import { makeStoragePools, type StoragePools } from './storage-pools.js';

/** The daemon itself: `/1.0`. */
export interface Server {
  readonly storagePools: StoragePools;
  readonly networks: Networks;
  readonly networkAcls: NetworkAcls;
  /** Answers to anybody; look at `auth` and at `environment`, which the untrusted do not get. */
  info(options?: CallOptions): Promise<ServerInfo>;
  resources(options?: CallOptions): Promise<HostResources>;
  /** CPU, memory, OOM kills and network of every instance of the project, as OpenMetrics text. One call, and cheap. */
  metrics(options?: CallOptions & { readonly allProjects?: boolean }): Promise<string>;
  /** Merges into the server's configuration. */
  patchConfig(config: StringMap, options?: CallOptions): Promise<void>;
}

export function makeServer(scope: Scope): Server {
  return {
    storagePools: makeStoragePools(scope),
    networks: makeNetworks(scope),
    networkAcls: makeNetworkAcls(scope),
    async info(options) {
      const raw = await callFor<ServerInfo>(scope, { tried: 'ask the server', method: 'GET', route: '/1.0' }, options);
      const { environment, ...rest } = raw;
      return { ...rest, config: raw.config ?? {}, ...(environment ? { environment } : {}) };
    },
    async resources(options) {
      return await callFor(scope, { tried: 'read host resources', method: 'GET', route: '/1.0/resources' }, options);
    },
    async metrics(options) {
      const tried = 'read metrics';
      const query = options?.allProjects ? {} : { project: scope.project };
      return await withDeadline(tried, options, deadlines.readMs, signal =>
        scope.transport.send({ tried, method: 'GET', route: '/1.0/metrics', query }, signal, ({ body }) => body.text()),
      );
    },
    async patchConfig(config, options) {
      const tried = `set server configuration ${Object.keys(config).join(', ')}`;
      await callFor(scope, { tried, method: 'PATCH', route: '/1.0', json: { config } }, options);
    },
  };
}
