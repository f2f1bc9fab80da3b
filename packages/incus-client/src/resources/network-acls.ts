import type { CallOptions } from '../deadline.js';
import { answerTo, callFor, type Scope } from '../scope.js';
import type { NetworkAcl, NetworkAclPut } from '../wire/network.js';

/** Access control lists of networks, as the project sees them: `/1.0/network-acls`. */
export interface NetworkAcls {
  list(options?: CallOptions): Promise<readonly NetworkAcl[]>;
  create(post: NetworkAcl, options?: CallOptions): Promise<void>;
  /**
   * Reads, changes and writes back a whole list.
   *
   * @throws IncusError `stale-etag` when somebody else changed it in between.
   */
  replace(name: string, change: (current: NetworkAcl) => NetworkAclPut, options?: CallOptions): Promise<void>;
  delete(name: string, options?: CallOptions): Promise<void>;
}

const all = '/1.0/network-acls';
const one = '/1.0/network-acls/{name}';

export function makeNetworkAcls(scope: Scope): NetworkAcls {
  const query = { project: scope.project };
  return {
    async list(options) {
      const exchange = {
        tried: 'list network ACLs',
        method: 'GET',
        route: all,
        query: { ...query, recursion: 1 },
      } as const;
      return ((await callFor<readonly NetworkAcl[] | null>(scope, exchange, options)) ?? []).map(readAcl);
    },
    async create(post, options) {
      const tried = `create network ACL "${post.name}"`;
      await callFor(scope, { tried, method: 'POST', route: all, query, json: post }, options);
    },
    async replace(name, change, options) {
      const names = { name };
      const read = { tried: `get network ACL "${name}"`, method: 'GET', route: one, names, query } as const;
      const { envelope, etag } = await answerTo<NetworkAcl>(scope, read, options);
      const { description, config, ingress, egress } = change(readAcl(envelope.metadata));
      const exchange = {
        tried: `change network ACL "${name}"`,
        method: 'PUT',
        route: one,
        names,
        query,
        headers: { 'if-match': etag },
        json: { description, config, ingress, egress },
      } as const;
      await callFor(scope, exchange, options);
    },
    async delete(name, options) {
      const tried = `delete network ACL "${name}"`;
      await callFor(scope, { tried, method: 'DELETE', route: one, names: { name }, query }, options);
    },
  };
}

function readAcl(raw: NetworkAcl): NetworkAcl {
  return { ...raw, config: raw.config ?? {}, ingress: raw.ingress ?? [], egress: raw.egress ?? [] };
}
