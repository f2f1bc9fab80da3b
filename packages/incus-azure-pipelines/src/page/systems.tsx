import type { StatusDocument } from '../report/status-document.js';
import { now } from './stream.js';
import { count, duration } from './words.js';

/** What is wrong beside the pools: with Incus, the configuration, the records of ends. */
export function Systems({
  status: { configuration, incus, storage, unwrittenEnds },
}: {
  readonly status: StatusDocument;
}) {
  const refused = configuration?.refused;
  if (incus.readable && storage === undefined && refused === undefined && unwrittenEnds === undefined) return null;
  return (
    <ul class="notes" aria-label="Incus and this daemon">
      {!incus.readable && (
        <li class="note-trouble">
          <bdi>
            Incus cannot be read {incus.since > 0 && `for ${duration(now.value - incus.since)}`}: {incus.error}
          </bdi>
        </li>
      )}
      {refused && (
        <li class="note-trouble">
          <bdi>
            the configuration file was refused {`${duration(now.value - refused.at)} ago`}, the old one goes on:{' '}
            {refused.why}
          </bdi>
        </li>
      )}
      {unwrittenEnds && (
        <li class="note-trouble">
          <bdi>
            {count(unwrittenEnds.count, 'end')} of agents could not be written down, the last{' '}
            {`${duration(now.value - unwrittenEnds.lastAt)} ago`}: {unwrittenEnds.error}
          </bdi>
        </li>
      )}
      {storage && (
        <li class="note-waits">
          <bdi>
            storage pool {storage.pool} ({storage.driver}) cannot copy on write: each instance is a whole copy of its
            base
          </bdi>
        </li>
      )}
    </ul>
  );
}
