import type { Point } from './series.js';

/** One diagram over time. */
export interface Panel {
  readonly title: string;
  /** Joined by a line. */
  readonly line: readonly Point[];
  /** Shown each by itself. */
  readonly dots: readonly Point[];
}

const size = { width: 900, panel: 200, left: 60, right: 20, top: 34, bottom: 26 };
const plot = { width: size.width - size.left - size.right, height: size.panel - size.top - size.bottom };
const minuteMs = 60_000;
const steps = [1, 2, 2.5, 5, 10];
const timeTicks = 10;

/** Draws panels below each other as one SVG, all over the same time and from zero up. Pure. */
export function renderChart(panels: readonly Panel[], durationMs: number): string {
  const height = panels.length * size.panel;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${panels.map(({ title }) => escaped(title)).join('; ')}</title>`,
    `<rect width="${size.width}" height="${height}" fill="white"/>`,
    ...panels.flatMap((panel, index) => renderPanel(panel, durationMs, index * size.panel + size.top)),
    '</svg>',
    '',
  ].join('\n');
}

/** The least round number that is not less than a value: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (steps.find(step => step * power >= value) ?? 10) * power;
}

function renderPanel({ dots, line, title }: Panel, durationMs: number, top: number): string[] {
  const most = roundUp(Math.max(0, ...[...line, ...dots].map(({ value }) => value)));
  const x = (atMs: number) => fixed(size.left + (atMs / durationMs) * plot.width);
  const y = (value: number) => fixed(top + plot.height - (value / most) * plot.height);
  const minutes = roundUp(durationMs / minuteMs / timeTicks);
  const ticks = Array.from({ length: Math.floor(durationMs / minuteMs / minutes) + 1 }, (_, tick) => tick * minutes);
  return [
    `<text x="${size.left}" y="${top - 12}" font-weight="bold">${escaped(title)}</text>`,
    ...[0, most / 2, most].flatMap(value => [
      `<path d="M${size.left} ${y(value)}h${plot.width}" stroke="#ddd"/>`,
      `<text x="${size.left - 8}" y="${y(value) + 4}" text-anchor="end">${fixed(value)}</text>`,
    ]),
    ...ticks.map(
      tick =>
        `<text x="${x(tick * minuteMs)}" y="${top + plot.height + 16}" text-anchor="middle">${fixed(tick)} min</text>`,
    ),
    ...dots.map(({ atMs, value }) => `<circle cx="${x(atMs)}" cy="${y(value)}" r="1.5" fill="#9bc"/>`),
    `<polyline points="${line.map(({ atMs, value }) => `${x(atMs)},${y(value)}`).join(' ')}" fill="none" stroke="#036" stroke-width="1.5"/>`,
  ];
}

function fixed(value: number): number {
  return Number(value.toFixed(2));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
