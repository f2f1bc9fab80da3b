/** What Incus says of an instance. */
interface Named {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}

const BASE = 'volatile.idmap.base';

/** Whether an instance has, by what Incus says, user ids that none of the others has. Pure. */
export function hasOwnIds(name: string, instances: readonly Named[]): boolean {
  const own = instances.find(instance => instance.name === name)?.config;
  const base = own?.[BASE];
  if (own?.['security.idmap.isolated'] !== 'true' || base === undefined || base === '') return false;
  return instances.every(({ config, name: other }) => other === name || config[BASE] !== base);
}
