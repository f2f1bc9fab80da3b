/** Docker in a base, as it is desired. */

import type { DockerSpec } from '../model/docker-spec.js';
import { DEFAULTS } from './defaults.js';
import type { DockerSettings } from './docker-schema.js';

/** What the file says of docker beyond yes and no, with absolute paths; undefined for a base without docker. */
export function dockerSpec(
  settings: DockerSettings = DEFAULTS.docker,
  path: (written: string) => string,
): DockerSpec | undefined {
  if (settings === false) return undefined;
  const given = settings === true ? {} : settings;
  const {
    addressPools,
    insecureRegistries,
    mtu,
    preload = [],
    registryMirrors,
    source = DEFAULTS.dockerSource,
  } = given;
  if (source === 'none') return undefined;
  return {
    source,
    daemon: {
      ...(registryMirrors === undefined ? {} : { 'registry-mirrors': registryMirrors }),
      ...(insecureRegistries === undefined ? {} : { 'insecure-registries': insecureRegistries }),
      ...(addressPools === undefined
        ? {}
        : { 'default-address-pools': addressPools.map(({ base = '', size = 0 }) => ({ base, size })) }),
      ...(mtu === undefined ? {} : { mtu }),
    },
    preload: preload.map(image =>
      typeof image === 'string'
        ? { kind: 'pull', reference: image }
        : { kind: 'archive', path: path(image.archive ?? '') },
    ),
  };
}
