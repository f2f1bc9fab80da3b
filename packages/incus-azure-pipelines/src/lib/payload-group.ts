/** Where the kernel shows its control groups. */
export const CGROUPS = '/sys/fs/cgroup';

/**
 * Name of the control group that holds all of an instance; undefined for a name that leads elsewhere. LXC names the groups, and
 * Incus the containers.
 */
export function payloadGroup(project: string, name: string): string | undefined {
  const group = `lxc.payload.${project === 'default' ? name : `${project}_${name}`}`;
  return group.includes('/') ? undefined : group;
}
