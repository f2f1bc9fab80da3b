import { Announcer } from './announcer.js';
import { Drawer } from './drawer.js';
import { Ends } from './ends.js';
import { Hour } from './hour.js';
import { Pool } from './pool.js';
import { connection, memory, today } from './stream.js';
import { Systems } from './systems.js';
import { clock } from './words.js';

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
      <Announcer />
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
        `not live since ${clock(state.since, today.value)}: the daemon does not answer, or too many pages are open. All that is shown is as it was then. Trying again.`}
    </p>
  );
}
