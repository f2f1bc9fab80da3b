import type { Registration } from '../model/agent.js';
import { placeholderOwner } from '../model/placeholder.js';
import type { Reading } from '../model/reading.js';

/** By agent pool: the placeholders of this owner in a reading of its registrations. Those of other hosts are not looked at. */
export function placeholdersIn(
  registrations: ReadonlyMap<string, Reading<readonly Registration[]>>,
  owner: string,
): ReadonlyMap<string, Reading<readonly Registration[]>> {
  const own = (all: readonly Registration[]) => all.filter(({ name }) => placeholderOwner(name) === owner);
  return new Map(
    [...registrations].map(([key, reading]) => [
      key,
      reading.known ? { ...reading, value: own(reading.value) } : reading,
    ]),
  );
}
