import type { Forecast } from './forecast.js';

interface Line {
  readonly title: string;
  readonly colour: string;
  readonly figure: (forecast: Forecast) => number;
}

const SIZE = { width: 900, panel: 240, left: 60, right: 20, top: 40, bottom: 30 };
const PLOT = { width: SIZE.width - SIZE.left - SIZE.right, height: SIZE.panel - SIZE.top - SIZE.bottom };
const MOST_TICKS = 20;

const WAITS: readonly Line[] = [
  { title: 'p99', colour: '#b33', figure: ({ waits }) => waits.p99Ms / 1000 },
  { title: 'p95', colour: '#c80', figure: ({ waits }) => waits.p95Ms / 1000 },
  { title: 'p50', colour: '#384', figure: ({ waits }) => waits.p50Ms / 1000 },
];
const HOURS: readonly Line[] = [
  { title: 'idle', colour: '#36a', figure: ({ idleAgentHours }) => idleAgentHours },
  { title: 'busy', colour: '#384', figure: ({ busyAgentHours }) => busyAgentHours },
];

/** Draws what each size would have brought as SVG: waits above, agent-hours below, both from zero up over the number of agents. */
export function svgChart(forecasts: readonly Forecast[]): string {
  const height = 2 * SIZE.panel;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${height}" font-family="sans-serif" font-size="12">`,
    '<title>Waits of jobs and hours of agents by the number of agents</title>',
    `<rect width="${SIZE.width}" height="${height}" fill="white"/>`,
    ...panel('Wait in the queue (s) by agents', WAITS, forecasts, SIZE.top),
    ...panel('Agent-hours by agents', HOURS, forecasts, SIZE.panel + SIZE.top),
    '</svg>',
    '',
  ].join('\n');
}

function panel(title: string, lines: readonly Line[], forecasts: readonly Forecast[], top: number): readonly string[] {
  const sizes = forecasts.map(({ agents }) => agents);
  const [least, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const most = Math.max(1, ...forecasts.flatMap(forecast => lines.map(({ figure }) => figure(forecast))));
  const x = (agents: number) => short(SIZE.left + ((agents - least) / Math.max(1, largest - least)) * PLOT.width);
  const y = (value: number) => short(top + PLOT.height - (value / most) * PLOT.height);
  const everyNth = Math.ceil(sizes.length / MOST_TICKS);
  return [
    `<text x="${SIZE.left}" y="${top - 14}" font-weight="bold">${title}</text>`,
    ...[0, most / 2, most].flatMap(value => [
      `<path d="M${SIZE.left} ${y(value)}h${PLOT.width}" stroke="#ddd"/>`,
      `<text x="${SIZE.left - 8}" y="${y(value) + 4}" text-anchor="end">${short(value)}</text>`,
    ]),
    ...sizes
      .filter((_, index) => index % everyNth === 0)
      .map(agents => `<text x="${x(agents)}" y="${top + PLOT.height + 18}" text-anchor="middle">${agents}</text>`),
    ...lines.flatMap(({ colour, title: name, figure }, index) => [
      `<polyline points="${forecasts.map(one => `${x(one.agents)},${y(figure(one))}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
      ...forecasts.map(one => `<circle cx="${x(one.agents)}" cy="${y(figure(one))}" r="2.5" fill="${colour}"/>`),
      `<text x="${SIZE.width - SIZE.right - 60 * (lines.length - index)}" y="${top - 14}" fill="${colour}">${name}</text>`,
    ]),
  ];
}

function short(value: number): number {
  return Number(value.toFixed(value < 100 ? 2 : 0));
}
