import type { PoolStatus, RemovedPoolStatus } from '../report/status-document.js';
import { Cells } from './cells.js';
import { tokenWords } from './expiry.js';
import { Mark } from './mark.js';
import { Notes } from './notes.js';
import { LOOKS } from './phases.js';
import { notesOf, standbyWords, tally } from './pool-view.js';
import { now, today } from './stream.js';
import { duration, minute } from './words.js';

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
      <Notes label={`What ${pool.name} does and waits for`} notes={notesOf(pool, today.value)} />
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
  const { agentPool, generation, hours, live, prepared, listening, preparing, reserve, target, tokenExpiresAt, wants } =
    pool;
  const token = tokenWords(tokenExpiresAt, today.value);
  const figures: readonly (readonly [string, string])[] = [
    ['live', target < live ? `${live}, ${target} wanted` : `${live} of ${target}`],
    ['reserve', `${prepared + listening} of ${reserve}${preparing === 0 ? '' : `, ${preparing} boot`}`],
    ['agent pool', agentPool],
    [
      'base',
      generation === undefined
        ? 'none yet'
        : `${duration(now.value - generation.builtAt)} old (${minute(generation.builtAt, today.value)})`,
    ],
    ...(token === undefined ? [] : [['token', token] as const]),
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
