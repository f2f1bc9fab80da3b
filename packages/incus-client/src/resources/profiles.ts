import type { CallOptions } from '../deadline.js';
import { answerTo, callFor, type Scope } from '../scope.js';
import type { Profile, ProfilePut, ProfilesPost } from '../wire/project.js';

/** Profiles of the project: `/1.0/profiles`. */
export interface Profiles {
  list(options?: CallOptions): Promise<readonly Profile[]>;
  get(name: string, options?: CallOptions): Promise<{ readonly profile: Profile; readonly etag: string }>;
  create(post: ProfilesPost, options?: CallOptions): Promise<void>;
  /**
   * Reads, changes and writes back the whole profile.
   *
   * @throws IncusError `stale-etag` when somebody else changed it in between.
   */
  replace(name: string, change: (current: Profile) => ProfilePut, options?: CallOptions): Promise<void>;
  delete(name: string, options?: CallOptions): Promise<void>;
}

const all = '/1.0/profiles';
const one = '/1.0/profiles/{name}';

export function makeProfiles(scope: Scope): Profiles {
  const query = { project: scope.project };
  async function get(name: string, options?: CallOptions) {
    const exchange = { tried: `get profile "${name}"`, method: 'GET', route: one, names: { name }, query } as const;
    const { envelope, etag } = await answerTo<Profile>(scope, exchange, options);
    return { profile: readProfile(envelope.metadata), etag };
  }
  return {
    async list(options) {
      const exchange = {
        tried: 'list profiles',
        method: 'GET',
        route: all,
        query: { ...query, recursion: 1 },
      } as const;
      return (await callFor<readonly Profile[]>(scope, exchange, options)).map(readProfile);
    },
    get,
    async create(post, options) {
      const tried = `create profile "${post.name}"`;
      await callFor(scope, { tried, method: 'POST', route: all, query, json: post }, options);
    },
    async replace(name, change, options) {
      const { profile, etag } = await get(name, options);
      const { description = profile.description, config, devices } = change(profile);
      const exchange = {
        tried: `change profile "${name}"`,
        method: 'PUT',
        route: one,
        names: { name },
        query,
        headers: { 'if-match': etag },
        json: { description, config, devices },
      } as const;
      await callFor(scope, exchange, options);
    },
    async delete(name, options) {
      const tried = `delete profile "${name}"`;
      await callFor(scope, { tried, method: 'DELETE', route: one, names: { name }, query }, options);
    },
  };
}

function readProfile(raw: Profile): Profile {
  return { ...raw, config: raw.config ?? {}, devices: raw.devices ?? {} };
}
