/**
 * The file format: every key with its kind, its sentence and its default.
 *
 * Every key may be left out here, since a pool takes what it lacks from what stands beside `pools:`; what must be
 * there in the end is checked once that is done.
 */

import * as z from 'zod';
import { DEFAULTS } from './defaults.js';
import { hostReserve } from './host-reserve-schema.js';
import { count, duration, expecting, flag, key, path, text } from './kinds.js';
import { poolKeys, poolSchema } from './pool-schema.js';
import { caCertificates, proxy } from './proxy-schema.js';

const daemonKeys = {
  projectName: key(
    text(
      'a project name without spaces, slashes, quotes, _ and *',
      'azure-pipelines',
      /^(?!\.{1,2}$)[^\s/_'"*\p{Cc}\p{Cf}]{1,63}$/u,
    ),
    'Incus project that holds the instances.',
    DEFAULTS.projectName,
  ),
  reconcileInterval: key(
    duration('15s'),
    'A full look at everything happens at least this often.',
    DEFAULTS.reconcileInterval,
  ),
  azurePollInterval: key(
    duration('10s'),
    'Time between two readings of an agent pool; longer where other hosts, or other pools of the organisation, are read too.',
    DEFAULTS.azurePollInterval,
  ),
  maxConcurrentCreates: key(count(1, 64, 2), 'Instances made at the same time; the number of cores when left out.'),
  hostReserve: key(hostReserve, 'What of the host stays free: no instance is created that would take of it.'),
  stateDirectory: key(
    text('an absolute path', DEFAULTS.stateDirectory, /^\/[^\p{Cc}\p{Cf}]*$/u),
    'Where the daemon keeps its id and caches.',
    DEFAULTS.stateDirectory,
  ),
  controlSocket: key(
    text('an absolute path', DEFAULTS.controlSocket, /^\/[^\p{Cc}\p{Cf}]*$/u),
    'Socket that the other commands talk to.',
    DEFAULTS.controlSocket,
  ),
  http: key(
    expecting(
      z.union([
        z.literal(false),
        z.strictObject({
          host: key(text('an address of this host', DEFAULTS.httpHost), 'Address to listen on.', DEFAULTS.httpHost),
          port: key(count(0, 65_535, DEFAULTS.httpPort), 'Port to listen on; 0 takes any free one.', DEFAULTS.httpPort),
        }),
      ]),
      { kind: 'map', expects: 'false or a map with host and port', example: `{port: ${DEFAULTS.httpPort}}` },
    ),
    'Where the page, metrics and health are served; false for nowhere.',
  ),
  incus: key(
    expecting(
      z.strictObject({
        socket: key(path('/var/lib/incus/unix.socket'), 'Socket of the local Incus.'),
        url: key(text('an https URL', 'https://incus.example:8443'), 'URL of an Incus on the network.'),
        certificate: key(
          path('/etc/incus-azure-pipelines/client.crt'),
          'PEM file with the certificate that the daemon shows; the one that setup made when left out.',
        ),
        key: key(path('/etc/incus-azure-pipelines/client.key'), 'PEM file with the key of certificate.'),
        serverCertificate: key(
          path('/etc/incus-azure-pipelines/server.crt'),
          "PEM file with the server's certificate, where no known authority signed it.",
        ),
      }),
      {
        kind: 'map',
        expects: 'a map with socket, or with url',
        example: '{socket: /var/lib/incus/unix.socket}',
      },
    ),
    'How Incus is reached; the local one when left out.',
  ),
  network: key(
    expecting(
      z.strictObject({
        allow: key(
          expecting(z.array(text('an address, a subnet or a name, with a port or without', '10.1.2.3:8080')), {
            kind: 'list',
            expects: 'a list of addresses, subnets and names',
            example: '[10.1.2.3:8080]',
          }),
          'What guests may reach beside the Internet: HOST, HOST:PORT, SUBNET or SUBNET:PORT. Names are looked up by setup.',
        ),
        ipv4: key(
          flag(false),
          'Whether guests have IPv4 addresses; without them they need ipv6.',
          DEFAULTS.networkIpv4,
        ),
        ipv6: key(flag(true), 'Whether guests have IPv6 addresses.', DEFAULTS.networkIpv6),
        address: key(
          text('the address of the host with its subnet', '10.213.0.1/24'),
          "The host's address on the bridge, of IPv4, or of IPv6 where guests have that alone; one that Incus finds free when left out.",
        ),
      }),
      {
        kind: 'map',
        expects: 'a map with allow, ipv4, ipv6 and address',
        example: '{allow: [10.1.2.3:8080]}',
        otherKey: 'networkName: NAME for the name of a network of Incus',
      },
    ),
    'The network that setup makes for the guests.',
  ),
  proxy: key(proxy, 'The proxies by which the daemon, the building of bases, agents, docker and jobs reach servers.'),
  caCertificates: key(caCertificates, 'PEM files with authorities that the daemon trusts, and everything in a base.'),
};

/** The whole file. */
export const fileSchema = z.strictObject({
  ...poolKeys,
  ...daemonKeys,
  pools: key(
    expecting(z.array(poolSchema).min(1), {
      kind: 'list',
      expects: 'a list of at least one pool',
      example: '[{name: linux}]',
    }),
    'Several pools; what stands beside this key is the default of each.',
  ),
});

/** The whole file as it was written, durations in milliseconds. */
export type FileSettings = z.output<typeof fileSchema>;
