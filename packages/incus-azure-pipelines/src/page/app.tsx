import type { StatusDocument } from '../report/status-document.js';
import { Drawer } from './drawer.js';
import { Ends } from './ends.js';
import { Hour } from './hour.js';
import { Pool } from './pool.js';
import { connection, memory, now } from './stream.js';
import { clock, duration } from './words.js';

/** The whole page. */
export function App() {
  const { status } = memory.value;
  return (
    <>
      <header class="top">
        <h1>Agents</h1>
        <Connection />
      </header>
      <main>
        {status === undefined ? <p class="none">The daemon has not looked yet.</p> : <Systems status={status} />}
        {[...(status?.pools ?? []), ...(status?.removed ?? [])].map(pool => (
          <Pool key={pool.name} pool={pool} />
        ))}
        <Hour />
        <Ends />
      </main>
      <Drawer />
    </>
  );
}

/** Whether what is shown is what is. */
function Connection() {
  const state = connection.value;
  return (
    <p class={`connection ${state.kind}`} role="status">
      {state.kind === 'connecting' && 'connecting to the daemon'}
      {state.kind === 'live' && 'live'}
      {state.kind === 'lost' &&
        `not live since ${clock(state.since)}: the daemon does not answer, or too many pages are open. Trying again.`}
    </p>
  );
}

function Systems({ status: { configuration, incus, storage } }: { readonly status: StatusDocument }) {
  const refused = configuration?.refused;
  if (incus.readable && storage === undefined && refused === undefined) return null;
  return (
    <ul class="notes" aria-label="Incus">
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
