/** Facts of a host, an Incus and an Azure where all is well; a test spoils one of them. */

import type { AzureFacts, GuestFacts, HostFacts, NetworkFacts, ProjectFacts, ServerFact } from '../src/doctor/facts.js';
import { FIT } from './scripted-incus.js';

type Info = Extract<ServerFact, { known: true }>['value'];

export const OWNER_ID = '0123456789abcdef0123456789abcdef';

export function aServer(environment: Partial<NonNullable<Info['environment']>> = {}): Info {
  return {
    auth: 'trusted',
    api_extensions: FIT.api_extensions,
    environment: { server: 'incus', server_version: '6.0.6', ...environment },
  } as unknown as Info;
}

export function aHost(given: Partial<HostFacts> = {}): HostFacts {
  return {
    isIncusHost: true,
    routes: [],
    uplink: 'eth0',
    forwards: { 4: true, 6: true },
    blockers: { known: true, value: [] },
    inotify: 8_192,
    memoryBytes: 64 * 2 ** 30,
    incusPackage: undefined,
    ...given,
  };
}

export function aNetwork(given: Partial<NetworkFacts> = {}): NetworkFacts {
  return {
    name: 'incusbr0',
    managed: true,
    type: 'bridge',
    config: { 'ipv4.address': '10.9.8.1/24' },
    leases: 3,
    ...given,
  };
}

export function aProject(given: Partial<ProjectFacts> = {}): ProjectFacts {
  return {
    project: 'azure-pipelines',
    isHidden: false,
    devices: { root: { type: 'disk', path: '/', pool: 'fast' }, eth0: { type: 'nic', network: 'incusbr0' } },
    config: {},
    holdings: [{ ownerId: OWNER_ID, agents: 2, bases: 1 }],
    ownerId: { known: true, value: OWNER_ID },
    storage: { pool: 'fast', driver: 'btrfs', copiesOnWrite: true },
    room: { usedBytes: 10 * 2 ** 30, totalBytes: 100 * 2 ** 30 },
    lacking: [],
    isolatedMaps: Number.POSITIVE_INFINITY,
    network: aNetwork(),
    bases: [{ name: 'iap-base-a1b2c3-0', agentVersion: '4.275.0', docker: true, pools: ['agents'] }],
    ...given,
  };
}

export function anAzure(given: Partial<AzureFacts> = {}): AzureFacts {
  return {
    url: 'https://dev.azure.com/team',
    agentPool: 'agents',
    token: 'pat',
    wanted: 'auto',
    pool: { known: true, value: { id: 7, name: 'agents', isHosted: false, autoUpdate: true } },
    views: { known: true, value: true },
    manages: { known: true, value: true },
    manageable: { known: true, value: ['agents'] },
    configured: ['agents'],
    endsInMs: 90 * 86_400_000,
    aheadMs: 400,
    newestAgent: { known: true, value: '4.275.0' },
    registration: { known: true, value: { kind: 'accepted' } },
    signsInAt: 'https://vssps.dev.azure.com',
    parallelJobs: { known: true, value: 8 },
    agents: 2,
    placeholders: { known: true, value: [] },
    ...given,
  };
}

export function aGuest(given: Partial<GuestFacts> = {}): GuestFacts {
  return {
    from: 'base iap-base-a1b2c3-0',
    hasBase: true,
    system: 'running',
    failedUnits: [],
    addresses: ['10.9.8.17'],
    servers: [{ host: 'dev.azure.com', port: 443, addresses: ['13.107.42.20'], connects: true, http: { status: 200 } }],
    docker: { driver: 'overlay2', ran: 'doctor' },
    ...given,
  };
}
