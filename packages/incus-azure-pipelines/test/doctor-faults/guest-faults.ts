/** What may be wrong with a guest itself. */
import { type Given, judged } from '../judged-guest.js';
import type { Fault } from './fault.js';

const server = { host: 'dev.azure.com', port: 443, addresses: ['13.107.42.20'], connects: true, http: { status: 200 } };

/** Where agents sign in, out of reach. */
const kept = {
  host: 'vssps.dev.azure.com',
  port: 443,
  signIn: 'https://vssps.dev.azure.com',
  addresses: ['13.107.42.21'],
  connects: false,
  http: undefined,
};

const TABLE: readonly (readonly [string, Given, readonly RegExp[]])[] = [
  [
    'guests get through to the server, and not to where agents sign in',
    { guest: { servers: [server, kept] } },
    [
      /^red guest-sign-in: agents sign in at https:\/\/vssps\.dev\.azure\.com: a guest cannot connect .* -> let guests through to https:\/\/vssps/,
    ],
  ],
  [
    'the proxy leads guests to the server, and not to where agents sign in',
    {
      guest: {
        servers: [
          server,
          {
            ...kept,
            host: 'proxy.lan',
            port: 3128,
            connects: true,
            http: { complaint: 'curl: (56) CONNECT tunnel failed, response 403' },
          },
        ],
      },
    },
    [/^red guest-sign-in: .* a guest reaches proxy\.lan:3128.*response 403 -> let guests through to https:\/\/vssps/],
  ],
  [
    'the rules of setup keep guests from where agents sign in',
    {
      network: { config: { 'ipv4.address': '10.9.8.1/24', 'security.acls': 'iap-a1b2c3' } },
      guest: { servers: [server, kept] },
    },
    [/^red guest-sign-in: .*rules of network .* -> .*; if they are private, name it under network\.allow/],
  ],
  [
    'a proxy in between asks who it is',
    { guest: { servers: [{ ...server, http: { status: 407 } }] } },
    [/^yellow guest-server: .*a proxy in between.*407/],
  ],
  [
    'the server, or something in its place, is ill',
    { guest: { servers: [{ ...server, http: { status: 503 } }] } },
    [/^yellow guest-server: .*which answers 503/],
  ],
  [
    'Incus makes no guest, by words that have a limit in them',
    { guest: 'Failed to set rlimit: memory.limit_in_bytes' },
    [/^red guest-made: no guest can be made/],
  ],
  [
    'the certificate of the server is of an own authority',
    { guest: { servers: [{ ...server, http: { complaint: 'curl: (60) SSL certificate problem' } }] } },
    [/^red guest-server: .*cannot speak.* -> name the authority .* under caCertificates/],
  ],
  [
    'the proxy refuses its user',
    { guest: { servers: [{ ...server, http: { complaint: 'curl: (56) CONNECT tunnel failed, response 407' } }] } },
    [/^red guest-server: .*407.* -> correct proxy\.user and proxy\.password/],
  ],
  [
    'the storage has no room',
    { guest: 'create instance: no space left on device' },
    [/^red guest-made: the storage is full/],
  ],
  [
    'the project has no room',
    { guest: 'Reached maximum number of instances in project' },
    [/^yellow guest-made: there is no room/],
  ],
  [
    'Incus makes no guest',
    { guest: 'Failed to run: forkstart' },
    [/^red guest-made: no guest can be made: Failed to run/],
  ],
  [
    'a unit fails',
    { guest: { system: 'degraded', failedUnits: ['ssh.service'] } },
    [/^yellow guest-boot: .*ssh\.service/],
  ],
  ['the guest does not boot', { guest: { system: 'starting' } }, [/^red guest-boot: .*"starting"/]],
  [
    'docker does not answer',
    { guest: { docker: { driver: undefined, ran: 'Cannot connect to the Docker daemon' } } },
    [/^red guest-docker: docker does not answer/],
  ],
  [
    'AppArmor is in the way of nested containers',
    {
      guest: {
        docker: { driver: 'overlay2', ran: 'open sysctl net.ipv4.ip_unprivileged_port_start file: permission denied' },
      },
    },
    [/^red guest-docker: .* -> .*update Incus/],
  ],
  [
    'docker copies every layer',
    { guest: { docker: { driver: 'vfs', ran: 'doctor' } } },
    [/^red guest-docker: .* by vfs in place of overlay2 -> use a storage pool/],
  ],
];

/** Each where all else is well. */
export const GUEST_FAULTS: readonly Fault[] = TABLE.map(([name, given, says]) => [name, judged(given), says]);
