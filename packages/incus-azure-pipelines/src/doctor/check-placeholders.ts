import type { AzureFacts, PlaceholderFact } from './facts.js';
import { type Finding, green, grey, red, yellow } from './finding.js';

const CHECK = 'placeholder';

/** Judges what has jobs wait while a pool has no agent; says nothing where none is needed and none is there. Pure. */
export function checkPlaceholders({ placeholders }: Pick<AzureFacts, 'placeholders'>): Finding[] {
  if (!placeholders.known)
    return [grey(CHECK, `whether jobs wait while a pool is empty is not known: ${placeholders.error}`)];
  return placeholders.value.map(judged);
}

function judged({ name, pool, state }: PlaceholderFact): Finding {
  switch (state) {
    case 'there':
      return green(CHECK, `jobs wait for pool ${pool} while it is empty: its placeholder ${name} is there`);
    case 'missing':
      return yellow(CHECK, {
        what: `pool ${pool} may be empty, and its placeholder ${name} is missing: Azure fails jobs at once while no agent is registered`,
        remedy: 'start the daemon, which registers it; after "drain --remove-placeholder" it is missing until "resume"',
      });
    case 'disabled':
      return yellow(CHECK, {
        what: `the placeholder ${name} of pool ${pool} is disabled, and nothing tells whether jobs wait for one that is`,
        remedy: 'enable it in Azure, or start the daemon, which does',
      });
    case 'online':
      return red(CHECK, {
        what: `somebody is online as ${name}, the placeholder of pool ${pool}, and is given its jobs`,
        remedy: 'delete this agent in Azure, and find out who has registered it; the daemon makes another',
      });
    case 'unwanted':
      return yellow(CHECK, {
        what: `the placeholder ${name} is there, and no pool of the configuration wants it: jobs may wait for nobody`,
        remedy: 'start the daemon, which removes it once an agent is registered, or delete it in Azure',
      });
  }
}
