import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Columns } from './figures.js';
import { colour, isDark } from './scheme.js';
import { today } from './stream.js';
import { useWidth } from './use-width.js';
import { tick } from './words.js';

/** One line of a chart. */
export interface Line {
  readonly name: string;
  /** A variable of the style sheet. */
  readonly colour: string;
  readonly look: 'area' | 'line' | 'dashes' | 'dots';
}

interface ChartProps {
  readonly title: string;
  /** What it shows, in words: for who does not see it, and as its summary. */
  readonly summary: string;
  readonly lines: readonly Line[];
  readonly columns: Columns;
  readonly from: number;
  readonly to: number;
  /** Steps of the scale, where not any number will do. */
  readonly steps?: number[];
  readonly tellAt: (index: number) => string;
}

const HEIGHT_PX = 170;

/** A chart over time with its summary in words. */
export function Chart(props: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [index, setIndex] = useState<number>();
  return (
    <figure class="chart">
      <figcaption>
        <h3>{props.title}</h3>
        <p>{props.summary}</p>
        <ul class="keys" aria-label={`Lines of ${props.title}`}>
          {props.lines.map(({ colour, look, name }) => (
            <li key={name}>
              <span class={`key ${look} key-${colour}`} aria-hidden="true" /> {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={frame} class="plot" aria-hidden="true">
        {width > 0 && <Plot key={String(isDark.value)} {...props} width={width} onPoint={setIndex} />}
      </div>
      <p class="hovered" aria-hidden="true">
        {index === undefined ? '\u00a0' : props.tellAt(index)}
      </p>
    </figure>
  );
}

type PlotProps = ChartProps & { readonly width: number; readonly onPoint: (index: number | undefined) => void };

function Plot({ columns, from, lines, onPoint, steps, to, width }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const range = useRef([from, to]);
  range.current = [from / 1000, to / 1000];
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const line = colour(current, 'grid');
    const text = colour(current, 'muted');
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const options: uPlot.Options = {
      width,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false },
      scales: {
        x: { range: () => [range.current[0] ?? 0, range.current[1] ?? 1] },
        y: { range: (_, __, most) => [0, Math.max(1, most * 1.1)] },
      },
      axes: [
        {
          ...axis,
          values: (_, splits) => splits.map(second => tick(second * 1000, today.peek())),
          space: 70,
          size: sizeOf,
        },
        { ...axis, size: 44, ...(steps === undefined ? {} : { incrs: steps }) },
      ],
      series: [{}, ...lines.map(line => seriesOf(line, current))],
      hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)] },
    };
    plot.current = new uPlot(options, columns, current);
    return () => plot.current?.destroy();
  }, []);
  useEffect(() => plot.current?.setSize({ width, height: HEIGHT_PX }), [width]);
  useEffect(() => plot.current?.setData(columns), [columns]);
  return <div ref={place} />;
}

/** How high (px) a scale of time is that tells these times: where one has its day below it, twice. */
function sizeOf(_: uPlot, values: readonly string[] | null): number {
  return values?.some(value => value.includes('\n')) ? 44 : 28;
}

function seriesOf({ colour: name, look }: Line, element: Element): uPlot.Series {
  const stroke = colour(element, name);
  const points = { show: look === 'dots', size: 5, fill: stroke };
  switch (look) {
    case 'area':
      return { stroke, fill: colour(element, `${name}-area`), width: 1.5, points };
    case 'dashes':
      return { stroke, dash: [5, 4], width: 1, points };
    case 'line':
      return { stroke, width: 1.5, points };
    case 'dots':
      return { stroke, paths: () => null, points };
  }
}
