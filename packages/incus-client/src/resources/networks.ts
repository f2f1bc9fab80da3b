import type { CallOptions } from '../deadline.js';
import { answerTo, callFor, type Scope } from '../scope.js';
import type { Network, NetworkLease, NetworkPut, NetworksPost } from '../wire/network.js';

/** Networks as the project sees them: `/1.0/networks`. */
export interface Networks {
  list(options?: CallOptions): Promise<readonly Network[]>;
  get(name: string, options?: CallOptions): Promise<Network>;
  /**
   * Addresses that are given out to instances of this client's project, static ones included; in the network's own project those
   * of the host, too. What other projects on the same network have is told to each of them.
   */
  leases(name: string, options?: CallOptions): Promise<readonly NetworkLease[]>;
  create(post: NetworksPost, options?: CallOptions): Promise<void>;
  /**
   * Reads, changes and writes back the whole network.
   *
   * @throws IncusError `stale-etag` when somebody else changed it in between.
   */
  replace(name: string, change: (current: Network) => NetworkPut, options?: CallOptions): Promise<void>;
  delete(name: string, options?: CallOptions): Promise<void>;
}

const all = '/1.0/networks';
const one = '/1.0/networks/{name}';

export function makeNetworks(scope: Scope): Networks {
  const query = { project: scope.project };
  async function get(name: string, options?: CallOptions) {
    const exchange = { tried: `get network "${name}"`, method: 'GET', route: one, names: { name }, query } as const;
    const { envelope, etag } = await answerTo<Network>(scope, exchange, options);
    return { network: readNetwork(envelope.metadata), etag };
  }
  return {
    async list(options) {
      const exchange = {
        tried: 'list networks',
        method: 'GET',
        route: all,
        query: { ...query, recursion: 1 },
      } as const;
      return ((await callFor<readonly Network[] | null>(scope, exchange, options)) ?? []).map(readNetwork);
    },
    async get(name, options) {
      return (await get(name, options)).network;
    },
    async leases(name, options) {
      const tried = `list the leases of network "${name}"`;
      const exchange = { tried, method: 'GET', route: `${one}/leases`, names: { name }, query } as const;
      return (await callFor<readonly NetworkLease[] | null>(scope, exchange, options)) ?? [];
    },
    async replace(name, change, options) {
      const { network, etag } = await get(name, options);
      const { description = network.description, config } = change(network);
      const exchange = {
        tried: `change network "${name}"`,
        method: 'PUT',
        route: one,
        names: { name },
        query,
        headers: { 'if-match': etag },
        json: { description, config },
      } as const;
      await callFor(scope, exchange, options);
    },
    async create(post, options) {
      const tried = `create network "${post.name}"`;
      await callFor(scope, { tried, method: 'POST', route: all, query, json: post }, options);
    },
    async delete(name, options) {
      const tried = `delete network "${name}"`;
      await callFor(scope, { tried, method: 'DELETE', route: one, names: { name }, query }, options);
    },
  };
}

function readNetwork(raw: Network): Network {
  return { ...raw, config: raw.config ?? {} };
}
