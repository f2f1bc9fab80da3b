/** The keys of what guests get beside the default profile. */

import * as z from 'zod';
import { count, expecting, gib, key, text } from './kinds.js';

const deviceValue = expecting(z.union([z.string(), z.number(), z.boolean()]), {
  kind: 'text',
  expects: 'text',
  example: '"text"',
});

const device = expecting(z.record(text('a key of a device', 'path', /^[a-z][a-z0-9._-]*$/), deviceValue), {
  kind: 'map',
  expects: 'a map of the keys of a device',
  example: '{type: disk, source: /srv/tools, path: /srv/tools}',
});

const limits = expecting(
  z.strictObject({
    nofile: key(count(1024, 1_073_741_816, 1_048_576), 'Files that each process may have open at once.'),
    memlock: key(
      expecting(z.union([z.literal('unlimited'), gib(0.001, 1)]), {
        kind: 'number',
        expects: 'unlimited, or a number of GiB from 0.001 up',
        example: 'unlimited',
      }),
      'Memory in GiB that each process may keep from being swapped out, or unlimited.',
    ),
  }),
  { kind: 'map', expects: 'a map with nofile and memlock', example: '{nofile: 1048576}' },
);

const incusName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What guests get beside what the default profile of the project gives. */
export const fittingsKeys = {
  profiles: key(
    expecting(z.array(text('the name of a profile', 'gpu', incusName)), {
      kind: 'list',
      expects: 'a list of profiles',
      example: '[gpu]',
    }),
    'Profiles of the Incus project that guests get on top of the default one, in order.',
  ),
  devices: key(
    expecting(
      z.record(text('a name of lower-case letters, digits and dashes', 'kvm', /^[a-z][a-z0-9-]{0,26}$/), device),
      {
        kind: 'map',
        expects: 'a map of devices by name',
        example: '{kvm: {type: unix-char, source: /dev/kvm}}',
      },
    ),
    'Devices of guests, by name and with the keys of Incus: folders of this host (read only), volumes of a storage pool, gpu, and unix-char such as /dev/kvm. Whatever could give a job more of the host is refused.',
  ),
  networkName: key(
    text('the name of a network of Incus', 'ci', /^[a-z0-9][a-z0-9-]{0,14}$/),
    'Managed network of the guests, in place of that of the default profile.',
  ),
  storagePool: key(
    text('the name of a storage pool of Incus', 'fast', incusName),
    'Storage pool of the bases and instances, in place of that of the default profile.',
  ),
  limits: key(limits, 'What each process of an agent may have.'),
  toolFolder: key(
    text(
      'an absolute path of letters, digits, dots, dashes and _, outside of the system',
      '/opt/tools',
      /^(?!\/(?:bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|root|run|sbin|sys|tmp|usr|var)(?:\/|$))(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:\/[A-Za-z0-9._-]+)+$/,
    ),
    'Where tasks find tools and keep those that they fetch (AGENT_TOOLSDIRECTORY). It is made in the base, so that a script of the base can fill it.',
  ),
};
