import { useEffect, useRef, useState } from 'preact/hooks';
import type { AgentLife } from '../report/page-document.js';
import { drawLanes, laneHeightOf, type Sheet, spanAt } from './draw-lanes.js';
import { opened } from './drawer-state.js';
import { type JobRun, jobsIn, type Lane, lanesOf, type Span } from './lanes.js';
import { colour, isDark } from './scheme.js';
import { today } from './stream.js';
import { useWidth } from './use-width.js';
import { clock, count, duration, seconds, shortName } from './words.js';

interface TimelineProps {
  readonly pool: string;
  readonly lives: readonly AgentLife[];
  readonly from: number;
  readonly to: number;
}

/** Who ran what in a pool, how long, and the gaps between: drawn, and as a table for who does not see it. */
export function Timeline({ from, lives, pool, to }: TimelineProps) {
  const lanes = lanesOf(lives, from, to);
  const jobs = jobsIn(lanes);
  return (
    <section class="timeline" aria-label={`Timeline of ${pool}`}>
      <h3>
        <bdi>{pool}</bdi>{' '}
        <span class="aside">
          {count(lanes.length, 'place')}, {count(jobs.length, 'job')}
        </span>
      </h3>
      <Picture lanes={lanes} pool={pool} from={from} to={to} />
      <div class="ends">
        <span>{clock(from, today.value)}</span>
        <span>{clock(to, today.value)}</span>
      </div>
      <JobTable jobs={jobs} pool={pool} />
    </section>
  );
}

function Picture({ from, lanes, pool, to }: Omit<TimelineProps, 'lives'> & { readonly lanes: readonly Lane[] }) {
  const frame = useRef<HTMLElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState<Span>();
  const width = useWidth(frame);
  const sheet: Sheet = { width, from, to, laneHeight: laneHeightOf(lanes.length) };
  const dark = isDark.value;
  useEffect(() => {
    const { current } = canvas;
    if (current !== null && width > 0) drawLanes(current, lanes, sheet, name => colour(current, name));
  }, [lanes, width, dark, from, to]);
  const at = (event: MouseEvent) => spanAt(lanes, sheet, event.offsetX, event.offsetY);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section ref={frame} class="lanes" tabIndex={0} aria-label={`Picture of ${pool}; its table follows`}>
        <canvas
          ref={canvas}
          onPointerMove={event => setHovered(at(event))}
          onPointerLeave={() => setHovered(undefined)}
          onClick={event => {
            const span = at(event);
            if (span !== undefined) opened.value = span.life.name;
          }}
        />
      </section>
      <p class="hovered" aria-hidden="true">
        {hovered === undefined ? 'Point at a bar; a click opens its agent.' : <bdi>{told(hovered)}</bdi>}
      </p>
    </>
  );
}

function told({ from, life, phase, to }: Span): string {
  const job = phase === 'busy' ? [life.job, life.result] : [];
  return [life.name, phase, ...job, `from ${clock(from, today.value)}`, `for ${duration(to - from)}`]
    .filter(Boolean)
    .join(', ');
}

/** More rows than this are of no help to anybody. */
const MOST_ROWS = 100;

function JobTable({ jobs, pool }: { readonly jobs: readonly JobRun[]; readonly pool: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>Jobs of {pool} as a table</summary>
      {isOpen && (
        <div class="wide">
          {jobs.length > MOST_ROWS && (
            <p class="hint">
              The latest {MOST_ROWS} of {count(jobs.length, 'job')}.
            </p>
          )}
          <table>
            <thead>
              <tr>
                {['agent', 'job', 'began', 'took', 'result', 'place', 'nobody before'].map(title => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {jobs.slice(0, MOST_ROWS).map(({ from, gapMs, lane, life, runs, to }) => (
                <tr key={life.name}>
                  <td>
                    <button type="button" class="link" onClick={() => (opened.value = life.name)}>
                      {shortName(life.name)}
                    </button>
                  </td>
                  <td>
                    <bdi>{life.job}</bdi>
                  </td>
                  <td>{clock(from, today.value)}</td>
                  <td>{duration(to - from)}</td>
                  <td>{runs ? 'runs' : life.result}</td>
                  <td>{lane + 1}</td>
                  <td>{gapMs === undefined ? '' : seconds(gapMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
