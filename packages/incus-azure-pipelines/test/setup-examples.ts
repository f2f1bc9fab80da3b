import type { DaemonSpec } from '../src/model/pool.js';
import type { Found, Named, SetupPlan, Step, Wish } from '../src/setup/model.js';
import { type Surroundings, wishOf } from '../src/setup/wish.js';
import { aPool } from './simulation/examples.js';

export const OWNER_ID = '0123456789abcdef0123456789abcdef';

/** A configuration with one pool of two agents in project "ci". */
export function aSpec(given: Partial<DaemonSpec> = {}): DaemonSpec {
  return {
    project: 'ci',
    pools: [aPool()],
    reconcileIntervalMs: 15_000,
    azurePollIntervalMs: 10_000,
    maxConcurrentCreates: 2,
    stateDirectory: '/var/lib/iap',
    controlSocketPath: '/run/iap/control.sock',
    http: undefined,
    incus: { kind: 'unix', socketPath: undefined },
    network: { allow: [], ipv4: true, ipv6: false, address: undefined },
    ...given,
  };
}

/** A host on which all can be had. */
export function aHost(given: Partial<Surroundings> = {}): Surroundings {
  return {
    ownerId: OWNER_ID,
    owner: '1a2b3c',
    openings: [{ name: 'the Azure server azure.test', addresses: ['10.9.8.7'], port: 443 }],
    unknownHosts: [],
    hostAddresses: [],
    storagePool: 'default',
    storageDriver: 'btrfs',
    isolates: true,
    firewall: 'nftables',
    ...given,
  };
}

export function aWish(spec: Partial<DaemonSpec> = {}, host: Partial<Surroundings> = {}): Wish {
  return wishOf(aSpec(spec), aHost(host));
}

/** An Incus in which nobody has set up anything. */
export const NOTHING: Found = {
  acl: undefined,
  network: undefined,
  project: undefined,
  profile: undefined,
  server: {},
  trusted: [],
  fingerprint: undefined,
  hasFiles: false,
  inotify: { value: 8192, before: undefined, foreignFile: undefined },
  instances: [],
  images: [],
};

/** The steps of a plan. @throws Error when it is none. */
export function stepsOf(plan: SetupPlan): readonly Step[] {
  if (plan.kind === 'refused') throw new Error(plan.why);
  return plan.steps;
}

/** What is found once the steps are done, as Incus would show it. */
export function after(found: Found, steps: readonly Step[]): Found {
  return steps.reduce(done, found);
}

function done(found: Found, step: Step): Found {
  switch (step.kind) {
    case 'make-acl':
    case 'change-acl':
      return { ...found, acl: step.acl };
    case 'make-network':
      return { ...found, network: withAddress(step.network) };
    case 'change-network':
      return { ...found, network: step.network };
    case 'make-project':
      return { ...found, project: step.project, profile: { config: {}, devices: {} } };
    case 'change-project':
      return { ...found, project: step.project };
    case 'change-profile':
      return { ...found, profile: step.profile };
    case 'set-server-keys':
      return { ...found, server: set(found.server, step.keys) };
    case 'make-certificate': {
      const { description, project } = step;
      const one = { fingerprint: 'ours', description, restricted: true, projects: [project] };
      return { ...found, trusted: [...found.trusted, one], fingerprint: 'ours', hasFiles: true };
    }
    case 'distrust':
      return { ...found, trusted: found.trusted.filter(({ fingerprint }) => fingerprint !== step.fingerprint) };
    case 'delete-files':
      return { ...found, fingerprint: undefined, hasFiles: false };
    case 'raise-inotify':
      return { ...found, inotify: { value: step.to, before: step.from, foreignFile: undefined } };
    case 'restore-inotify':
      return { ...found, inotify: { value: step.to, before: undefined, foreignFile: undefined } };
    case 'delete-instance':
      return { ...found, instances: found.instances.filter(({ name }) => name !== step.name) };
    case 'delete-image':
      return { ...found, images: found.images.filter(({ fingerprint }) => fingerprint !== step.fingerprint) };
    case 'delete-project':
      return { ...found, project: undefined, profile: undefined };
    case 'delete-network':
      return { ...found, network: undefined };
    case 'delete-acl':
      return { ...found, acl: undefined };
  }
}

function withAddress(network: Named): Named {
  const chosen = { 'ipv4.address': '10.77.0.1/24', 'ipv6.address': 'fd42::1/64' };
  const config = Object.entries(network.config).map(([key, value]): [string, string] => [
    key,
    value === 'auto' && (key === 'ipv4.address' || key === 'ipv6.address') ? chosen[key] : value,
  ]);
  return { ...network, config: Object.fromEntries(config) };
}

function set(keys: Found['server'], changes: Found['server']): Found['server'] {
  return Object.fromEntries(Object.entries({ ...keys, ...changes }).filter(([, value]) => value !== ''));
}
