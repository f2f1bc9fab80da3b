import { computed, signal } from '@preact/signals';
import { Chart, type Line } from './chart.js';
import { loadColumns, replacementColumns, spread } from './figures.js';
import { NOTHING } from './memory.js';
import { memory, now, today } from './stream.js';
import { Timeline } from './timeline.js';
import { clock, count, minute, seconds } from './words.js';

const SPANS = [
  { ms: 600_000, name: '10 minutes' },
  { ms: 3_600_000, name: 'hour' },
] as const;

const spanMs = signal<number>(3_600_000);

/** What is drawn moves on every other second: to lay out thousands of lives takes its time. */
const STEP_MS = 2_000;
const to = computed(() => Math.ceil(now.value / STEP_MS) * STEP_MS);
const hasLooked = computed(() => memory.value.status !== undefined);
const drawn = computed(() => {
  // The first document is drawn at once.
  const known = hasLooked.value ? memory.peek() : NOTHING;
  const until = to.value;
  return { ...known, from: until - spanMs.value, to: until };
});

const LOAD: readonly Line[] = [
  { name: 'busy', colour: 'bar-busy', look: 'area' },
  { name: 'live', colour: 'bar-idle', look: 'line' },
  { name: 'wanted', colour: 'muted', look: 'dashes' },
];
/** There is no half of an agent. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];
const REPLACEMENT: readonly Line[] = [{ name: 'one place', colour: 'bar-busy', look: 'dots' }];

/** The last hour: charts over all pools, and a timeline of each. */
export function Hour() {
  return (
    <section class="hour" aria-labelledby="hour-title">
      <header>
        <h2 id="hour-title">The last {SPANS.find(({ ms }) => ms === spanMs.value)?.name}</h2>
        <label>
          Show the last{' '}
          <select value={spanMs.value} onChange={event => (spanMs.value = Number(event.currentTarget.value))}>
            {SPANS.map(({ ms, name }) => (
              <option key={ms} value={ms}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <div class="charts">
        <LoadChart />
        <ReplacementChart />
      </div>
      <Timelines />
    </section>
  );
}

function LoadChart() {
  const { from, load, lookEveryMs, to } = drawn.value;
  const shown = load.filter(({ at }) => at >= from);
  const last = shown.at(-1);
  const summary =
    last === undefined
      ? 'Nothing was looked at yet.'
      : `${last.busy} busy of ${last.live} live, ${last.target} wanted; at most ${Math.max(...shown.map(({ busy }) => busy))} were busy at a time.`;
  const columns = loadColumns(shown, lookEveryMs);
  const tellAt = (index: number) => {
    const [at, busy, live, wanted] = columns.map(column => column[index]);
    return typeof at !== 'number'
      ? ''
      : `${clock(at * 1000, today.value)}: ${busy ?? '?'} busy, ${live ?? '?'} live, ${wanted ?? '?'} wanted`;
  };
  return (
    <Chart
      title="Load"
      summary={summary}
      lines={LOAD}
      columns={columns}
      from={from}
      to={to}
      steps={WHOLE}
      tellAt={tellAt}
    />
  );
}

function ReplacementChart() {
  const { from, replacements, to } = drawn.value;
  const shown = replacements.filter(({ at }) => at >= from);
  const figures = spread(shown);
  const summary =
    figures === undefined
      ? 'No place was filled again.'
      : `${count(shown.length, 'place')} filled again; the middle one in ${seconds(figures.median)}, the longest in ${seconds(figures.longest)}.`;
  const tellAt = (index: number) => {
    const one = shown[index];
    return one === undefined ? '' : `${clock(one.at, today.value)}, ${one.pool}: ${seconds(one.ms)}`;
  };
  return (
    <Chart
      title="Seconds from job end to the next agent online"
      summary={summary}
      lines={REPLACEMENT}
      columns={replacementColumns(shown)}
      from={from}
      to={to}
      tellAt={tellAt}
    />
  );
}

function Timelines() {
  const { from, lives, livesFrom, since, to } = drawn.value;
  const all = [...lives.values()];
  const pools = [...new Set(all.map(({ pool }) => pool))].sort();
  return (
    <>
      <ul class="keys" aria-label="Bars of the timelines">
        <li>
          <span class="key bar-busy" aria-hidden="true" /> a job
        </li>
        <li>
          <span class="key bar-idle" aria-hidden="true" /> an agent that waits for one
        </li>
        <li>
          <span class="key bar-starting" aria-hidden="true" /> starts
        </li>
        <li>
          <span class="key bar-trouble" aria-hidden="true" /> trouble
        </li>
        <li>blank: nobody</li>
      </ul>
      {since > from && <p class="hint">This daemon looks since {minute(since, today.value)}.</p>}
      {livesFrom > from && (
        <p class="hint">There were so many agents that those before {clock(livesFrom, today.value)} are not kept.</p>
      )}
      {pools.map(pool => (
        <Timeline key={pool} pool={pool} lives={all.filter(life => life.pool === pool)} from={from} to={to} />
      ))}
    </>
  );
}
