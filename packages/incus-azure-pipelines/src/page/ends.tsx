import { useState } from 'preact/hooks';
import { opened } from './drawer-state.js';
import { ended } from './memory.js';
import { memory, today } from './stream.js';
import { clock } from './words.js';

/** So many are shown at first. */
const FEW = 12;
const MOST = 200;

/** Agents that ended, the latest first, and why. */
export function Ends() {
  const [isLong, setLong] = useState(false);
  const all = ended(memory.value.lives).slice(0, MOST);
  const lives = isLong ? all : all.slice(0, FEW);
  return (
    <section aria-labelledby="ends-title">
      <h2 id="ends-title">Agents that ended</h2>
      {lives.length === 0 && <p class="none">none that is remembered</p>}
      <ul class="deaths">
        {lives.map(({ endedAt, job, name, result, why }) => (
          <li key={name}>
            <time class="age">{clock(endedAt ?? 0, today.value)}</time>
            <button type="button" class="link" onClick={() => (opened.value = name)}>
              {name}
            </button>
            <bdi class="job">{job === undefined ? '' : `${job}${result === undefined ? '' : `: ${result}`}`}</bdi>
            <bdi class="why">{why ?? 'it is gone'}</bdi>
          </li>
        ))}
      </ul>
      {all.length > FEW && (
        <button type="button" aria-expanded={isLong} onClick={() => setLong(!isLong)}>
          {isLong ? 'Show fewer' : `Show all ${all.length}`}
        </button>
      )}
    </section>
  );
}
