/** Releases of the agent that a server offers. Source: `Packages` of azure-devops-node-api. */

import type { CallOptions } from './call.js';
import { isNumber, isObject, isString, parseList, parseObject } from './parse.js';
import type { Transport } from './transport.js';
import type { PackageMetadata } from './wire.js';

export interface PackageQuery {
  /** Such as `linux-x64` or `linux-arm64`. */
  readonly platform: string;
  /** `agent` (the default, every Node runtime) or `pipelines-agent` (without the oldest ones). */
  readonly type?: string | undefined;
}

export interface Packages {
  /** Finds the newest release for a platform; `undefined` when the server has none. */
  latest(query: PackageQuery, options?: CallOptions): Promise<PackageMetadata | undefined>;
  /** Finds one release, such as `4.275.0`, for a platform; `not-found` when the server has no such. */
  get(query: PackageQuery & { readonly version: string }, options?: CallOptions): Promise<PackageMetadata>;
}

const shape = {
  type: isString,
  platform: isString,
  downloadUrl: isString,
  version: (value: unknown) => isObject(value) && [value.major, value.minor, value.patch].every(isNumber),
};

/** Binds the package calls to a connection. */
export function packagesOf(transport: Transport): Packages {
  return {
    latest: async ({ platform, type = 'agent' }, options) => {
      const body = await transport.send(
        {
          method: 'GET',
          path: 'distributedtask/packages/{type}',
          params: { type },
          query: { platform, $top: 1 },
          attempt: `find the newest ${type} package for ${platform}`,
        },
        options,
      );
      const packages = parseList<PackageMetadata>('agent package', shape, body);
      // The filters may be ignored by a server that only imitates the service.
      return packages.filter(found => found.platform === platform).sort(newestFirst)[0];
    },
    get: async ({ platform, version, type = 'agent' }, options) =>
      parseObject<PackageMetadata>(
        'agent package',
        shape,
        await transport.send(
          {
            method: 'GET',
            path: 'distributedtask/packages/{type}/{platform}/{version}',
            params: { type, platform, version },
            attempt: `find the ${type} package ${version} for ${platform}`,
          },
          options,
        ),
      ),
  };
}

function newestFirst({ version: a }: PackageMetadata, { version: b }: PackageMetadata): number {
  return b.major - a.major || b.minor - a.minor || b.patch - a.patch;
}
