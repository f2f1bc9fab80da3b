import { knownValue, type Observed } from '../model/observed.js';
import { mayBeEmpty, placeholderName } from '../model/placeholder.js';
import { azureKey, type PoolSpec } from '../model/pool.js';
import { chooseBases } from '../plan/bases.js';
import { lacksExample, wantsPlaceholder } from '../plan/placeholders.js';
import type { PlaceholderStatus } from './status-document.js';

/** A pool's placeholder as the last reading shows it; nothing where the pool needs none, and has none. Pure. */
export function placeholderStatus(spec: PoolSpec, observed: Observed): { readonly placeholder?: PlaceholderStatus } {
  const name = placeholderName(observed.owner, spec.name);
  const reading = observed.placeholders.get(azureKey(spec.azure));
  const isWanted = wantsPlaceholder(spec, observed);
  if (!reading?.known) {
    const why = 'Azure cannot be read, so it is not known whether it is there';
    return mayBeEmpty(spec) ? { placeholder: { name, state: 'unread', why } } : {};
  }
  const found = knownValue(reading)?.find(one => one.name === name);
  if (found === undefined)
    return isWanted
      ? { placeholder: { name, state: 'missing', why: 'jobs fail at once while no agent is registered' } }
      : {};
  if (found.online) return { placeholder: { name, state: 'there', why: 'somebody is online under its name' } };
  if (!isWanted) return { placeholder: { name, state: 'going', why: 'it is not wanted any more' } };
  const isLike = !lacksExample(spec, chooseBases(spec, observed).base?.name, observed);
  const why = isLike
    ? 'no agent: jobs wait for it while the pool has none'
    : 'one agent is made to see what those of the base offer, so that it can be like them';
  return { placeholder: { name, state: 'there', why } };
}
