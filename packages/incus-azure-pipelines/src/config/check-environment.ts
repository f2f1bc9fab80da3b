/** Whether the variables of a pool can reach a job as they are written. */

import { error, type Finding, warning } from './finding.js';
import type { PoolEntry } from './pool-entry.js';

const SECRET_NAME = /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PAT|APIKEY|API_KEY|PRIVATE_KEY)(?:$|_)/i;

/** bash, which starts the agent, gives these a value of its own or does not pass them on. */
const OF_BASH: ReadonlySet<string> = new Set(
  '_ BASH BASHOPTS BASHPID BASH_VERSION IFS LINENO OLDPWD OPTIND PPID PWD RANDOM SHELLOPTS SHLVL SRANDOM'.split(' '),
);

/** Linux starts no program with a longer `NAME=value`, its NUL included: MAX_ARG_STRLEN, 32 pages of 4 KiB. */
const MOST_BYTES = 131_071;

/** Finds variables that cannot be carried into a guest, that would disturb the agent, or that show a secret. */
export function checkEnvironment(pool: PoolEntry): readonly Finding[] {
  return Object.entries(pool.settings.env ?? {}).flatMap(([name, value]) => {
    const path = pool.path('env', name);
    if (/^VSTS_AGENT_INPUT_/i.test(name))
      return [error(path, 'this variable would change how the agent registers', 'delete it', 'key')];
    if (OF_BASH.has(name))
      return [error(path, 'bash sets this variable itself, so no job would see this value', 'delete it', 'key')];
    const text = String(value);
    if (text.includes('\0'))
      return [error(path, 'holds a NUL, which no variable can', 'delete the NUL, or write the value in base64')];
    if (/\p{Cs}/u.test(text))
      return [error(path, 'holds half of a character', 'write the whole character, or the value in base64')];
    const bytes = Buffer.byteLength(`${name}=${text}`);
    if (bytes > MOST_BYTES)
      return [
        error(
          path,
          `has ${bytes} bytes with its name, and Linux takes ${MOST_BYTES}`,
          'put it into a file of the base',
        ),
      ];
    if (!SECRET_NAME.test(name)) return [];
    return [
      warning(
        path,
        'looks like a secret, and everybody who sees the agent pool can read it',
        'make it a secret variable of the pipeline',
      ),
    ];
  });
}
