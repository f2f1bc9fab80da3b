import type { PoolStatus, RemovedPoolStatus } from '../report/status-document.js';
import { Cells } from './cells.js';
import { Mark } from './mark.js';
import { LOOKS } from './phases.js';
import { type Note, notesOf, standbyWords, tally, tryAgain } from './pool-view.js';
import { now } from './stream.js';
import { duration } from './words.js';

/** One pool: what it wants and has, what it waits for, and its agents. */
export function Pool({ pool }: { readonly pool: PoolStatus | RemovedPoolStatus }) {
  return (
    <section class="pool" aria-label={`Pool ${pool.name}`} data-pool={pool.name}>
      <header>
        <h2>
          <bdi>{pool.name}</bdi>
        </h2>
        {'target' in pool && <Figures pool={pool} />}
      </header>
      <Notes pool={pool} />
      <ul class="tally" aria-label={`Phases in ${pool.name}`}>
        {tally(pool.agents).map(({ count, phase }) => (
          <li key={phase} class={`tone-${LOOKS[phase].tone}`} title={LOOKS[phase].means}>
            <Mark phase={phase} /> {count} {phase}
          </li>
        ))}
      </ul>
      <Cells pool={pool.name} agents={pool.agents} />
    </section>
  );
}

function Figures({ pool }: { readonly pool: PoolStatus }) {
  const { agentPool, generation, hours, live, prepared, listening, preparing, reserve, target, wants } = pool;
  const figures: readonly (readonly [string, string])[] = [
    ['live', target < live ? `${live}, ${target} wanted` : `${live} of ${target}`],
    ['reserve', `${prepared + listening} of ${reserve}${preparing === 0 ? '' : `, ${preparing} boot`}`],
    ['agent pool', agentPool],
    ['base', generation === undefined ? 'none yet' : `${duration(now.value - generation.builtAt)} old`],
  ];
  return (
    <>
      <dl class="figures">
        {figures.map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <p class="wants">
        wants {wants}
        {hours !== undefined && `; standby ${standbyWords(hours, now.value)}`}
      </p>
    </>
  );
}

function Notes({ pool }: { readonly pool: PoolStatus | RemovedPoolStatus }) {
  const notes = notesOf(pool);
  return (
    <ul class="notes" aria-label={`What ${pool.name} does and waits for`} hidden={notes.length === 0}>
      {notes.map(({ failure, key, kind, text }) => (
        <li key={key} class={`note-${kind}`}>
          <bdi>
            {text}
            {failure && <Failure failure={failure} />}
          </bdi>
        </li>
      ))}
    </ul>
  );
}

/** It counts down in a part of its own, so that nothing else is drawn each second. */
function Failure({ failure: { error, retryAt } }: { readonly failure: NonNullable<Note['failure']> }) {
  return (
    <>
      , <Countdown retryAt={retryAt} />: {error}
    </>
  );
}

function Countdown({ retryAt }: { readonly retryAt: number }) {
  return <span>{tryAgain(retryAt, now.value)}</span>;
}
