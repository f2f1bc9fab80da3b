/** The keys of docker in a base. */

import * as z from 'zod';
import { DEFAULTS } from './defaults.js';
import { count, expecting, key, path, text } from './kinds.js';

/** A name in a registry, as docker takes it: lower case but for the tag. */
const REFERENCE =
  /^(?=.{1,255}$)[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?::\d{1,5}(?=\/))?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

const preloaded = expecting(
  z.union([
    z.string().regex(REFERENCE),
    z.strictObject({
      archive: key(
        path('/srv/images/tools.tar'),
        'Archive on this host, as "docker save" writes it; packed by gzip or not.',
      ),
    }),
  ]),
  {
    kind: 'text',
    expects: 'the name of an image as docker pull takes it, or {archive: PATH}',
    example: '"docker.io/library/postgres:17"',
  },
);

const addressPool = expecting(
  z.strictObject({
    base: key(text('a subnet', '172.30.0.0/16'), 'Subnet that networks of docker are taken from.'),
    size: key(count(8, 126, 24), 'Length of the prefix of each of them.'),
  }),
  { kind: 'map', expects: 'a map with base and size', example: '{base: 172.30.0.0/16, size: 24}' },
);

/** Whether and how docker is in the base. */
export const docker = expecting(
  z.union([
    z.boolean(),
    z.strictObject({
      source: key(
        expecting(z.enum(['distribution', 'none', 'script']), {
          kind: 'choice',
          expects: 'distribution, none or script',
          example: 'distribution',
        }),
        'Where docker comes from: the distribution of the image, with compose and buildx where it has them; one of provisionScripts; or none.',
        DEFAULTS.dockerSource,
      ),
      registryMirrors: key(
        expecting(z.array(text('a URL', 'https://mirror.example')), {
          kind: 'list',
          expects: 'a list of URLs',
          example: '["https://mirror.example"]',
        }),
        'Mirrors of Docker Hub, in order.',
      ),
      insecureRegistries: key(
        expecting(z.array(text('HOST, HOST:PORT or a subnet', '"registry.example:5000"')), {
          kind: 'list',
          expects: 'a list of hosts and subnets',
          example: '["registry.example:5000"]',
        }),
        'Registries that are spoken to without TLS, or with a certificate that is not looked at.',
      ),
      addressPools: key(
        expecting(z.array(addressPool), {
          kind: 'list',
          expects: 'a list of subnets with sizes',
          example: '[{base: 172.30.0.0/16, size: 24}]',
        }),
        'What the networks of docker are taken from, where its own choice is in the way of what jobs reach.',
      ),
      mtu: key(count(576, 9216, 1400), "MTU of docker's default network."),
      preload: key(
        expecting(z.array(preloaded), {
          kind: 'list',
          expects: 'a list of images',
          example: '["docker.io/library/postgres:17"]',
        }),
        'Images that are put into the base, so that they are there, offline, in every agent.',
      ),
    }),
  ]),
  {
    kind: 'map',
    expects: 'true, false or a map of docker settings',
    example: 'true',
  },
);

export type DockerSettings = z.output<typeof docker>;
