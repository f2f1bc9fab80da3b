/** What setup makes, written down once more apart from the program, and asked of Incus itself. */
import { connectIncus } from 'incus-client';
import { expect } from 'vitest';

/** The NIC of every guest. */
export const NIC_APART = {
  type: 'nic',
  name: 'eth0',
  'security.port_isolation': 'true',
  'security.mac_filtering': 'true',
  'security.ipv4_filtering': 'true',
  'security.ipv6_filtering': 'true',
} as const;

const GIB = 2 ** 30;

/** A project of setup's, for one pool of two agents with 1 GiB each and without docker. */
export interface PlaceOfSetup {
  readonly socketPath: string;
  readonly project: string;
  readonly owner: string;
  readonly storagePool: string;
  /** What is opened beside the Internet: a port by its name. */
  readonly opened: Readonly<Record<string, number>>;
}

/** Holds the project, its profile, its network, the rules for what guests reach and the certificate against what they are to be. */
export async function expectPlaceOfSetup({ socketPath, project, owner, storagePool, opened }: PlaceOfSetup) {
  await using root = connectIncus({ connection: { kind: 'unix', socketPath } });
  const { config } = (await root.projects.get(project)).project;
  const name = config['restricted.networks.access'] ?? '';
  expect(name).toMatch(/^iap-[0-9a-f]+$/);
  const ours = { 'user.iap.owner': owner };
  expect(config).toEqual({
    ...ours,
    'features.images': 'true',
    'features.networks': 'false',
    'features.profiles': 'true',
    'features.storage.buckets': 'true',
    'features.storage.volumes': 'true',
    restricted: 'true',
    'restricted.containers.nesting': 'block',
    'restricted.containers.privilege': 'isolated',
    'restricted.devices.disk': 'managed',
    'restricted.devices.nic': 'managed',
    'restricted.networks.access': name,
    // Two agents, one that goes down, and four bases.
    'limits.instances': '7',
    'limits.virtual-machines': '0',
    'limits.processes': '70000',
    'limits.memory': `${7 * GIB}B`,
  });
  const [profile, ...others] = await root.withProject(project).profiles.list();
  expect(others).toEqual([]);
  expect(profile).toMatchObject({
    config: {
      'limits.processes': '10000',
      'limits.memory': `${GIB}B`,
      'security.idmap.isolated': 'true',
      'security.privileged': 'false',
    },
    devices: { root: { type: 'disk', path: '/', pool: storagePool }, eth0: { ...NIC_APART, network: name } },
  });
  const network = (await root.server.networks.list()).find(one => one.name === name);
  expect(network?.config).toMatchObject({
    ...ours,
    'ipv4.nat': 'true',
    'ipv6.address': 'none',
    'raw.dnsmasq': 'dhcp-ignore=tag:!known',
    'security.acls': name,
    'security.acls.default.egress.action': 'reject',
    'security.acls.default.ingress.action': 'reject',
  });
  const acl = (await root.server.networkAcls.list()).find(one => one.name === name);
  expect(acl?.ingress).toEqual([]);
  // Which addresses are of the Internet is the host's affair: what guests reach is tried beside this.
  const rules = acl?.egress.map(rule =>
    [rule.state, rule.action, rule.description, rule.protocol, rule.destination_port].join(' ').trimEnd(),
  );
  const named = Object.entries(opened).map(([name, port]) => `enabled allow ${name} tcp ${port}`);
  expect(rules?.toSorted()).toEqual(['enabled allow the Internet, IPv4', ...named].toSorted());
  const trusted = (await root.certificates.list()).filter(({ projects }) => projects?.includes(project));
  expect(trusted).toMatchObject([{ name, restricted: true, projects: [project], type: 'client' }]);
}
