/** The keys of what a base is built of, where that takes more than a word. */

import * as z from 'zod';
import { expecting, key, path, text } from './kinds.js';

const TOOLS = '/etc/incus-azure-pipelines/tools.sh';

const provisionScript = expecting(
  z.union([
    path(TOOLS),
    z.strictObject({
      path: key(path(TOOLS), 'The script; relative to this file.'),
      when: key(
        expecting(z.enum(['before', 'after']), { kind: 'choice', expects: 'before or after', example: 'before' }),
        'Before anything else is done in the image, or after all of it.',
        'after',
      ),
    }),
  ]),
  { kind: 'text', expects: 'a path, or a map with path and when', example: `{path: ${TOOLS}, when: before}` },
);

/** Scripts of a person's own. */
export const provisionScripts = expecting(z.array(provisionScript), {
  kind: 'list',
  expects: 'a list of paths',
  example: `[${TOOLS}]`,
});

const EXAMPLE_MIRROR = 'http://mirror.example/ubuntu';
const mirrorUrl = text('an http or https URL', EXAMPLE_MIRROR);

function listOf(what: string, word: ReturnType<typeof text>, example: string) {
  return expecting(z.array(word).min(1), { kind: 'list', expects: `a list of at least one ${what}`, example });
}

const suite = text(
  'a suite such as noble-updates, or a folder that ends in /',
  'noble',
  /^[A-Za-z0-9.][A-Za-z0-9._/+-]*$/,
);
const component = text('a component such as main', 'main', /^[A-Za-z0-9][A-Za-z0-9._/+-]*$/);

/** A mirror of the distribution's packages: its URL, or more of it. */
export const aptMirror = expecting(
  z.union([
    mirrorUrl,
    z.strictObject({
      url: key(mirrorUrl, 'URL of the archive, with its folder `dists`.'),
      securityUrl: key(mirrorUrl, 'URL of the archive of security updates, where they are apart, as those of Debian.'),
      suites: key(
        listOf('suite', suite, '[noble, noble-updates]'),
        "Suites that the mirror has; those of the image's release when left out.",
      ),
      components: key(
        listOf('component', component, '[main]'),
        'Components that it has; main, and universe on Ubuntu, when left out.',
      ),
      key: key(
        path('/etc/incus-azure-pipelines/mirror.asc'),
        "File with the public key that the mirror is signed with, in text form; the distribution's own keys when left out.",
      ),
    }),
  ]),
  {
    kind: 'text',
    expects: 'an http or https URL, or a map with url',
    example: EXAMPLE_MIRROR,
  },
);
