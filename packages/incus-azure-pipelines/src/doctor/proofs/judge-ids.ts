import type { Instance } from 'incus-client';

const BASE = 'volatile.idmap.base';

/** Whether an instance has, by what Incus says, user ids that none of the others has. Pure. */
export function hasOwnIds(name: string, instances: readonly Pick<Instance, 'name' | 'config'>[]): boolean {
  const own = instances.find(instance => instance.name === name)?.config;
  const base = own?.[BASE];
  if (own?.['security.idmap.isolated'] !== 'true' || base === undefined || base === '') return false;
  return instances.every(({ config, name: other }) => other === name || config[BASE] !== base);
}
