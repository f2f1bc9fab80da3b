import type { Lane, Span } from './lanes.js';
import { LOOKS, type Tone } from './phases.js';

/** Where lanes are drawn, in CSS pixels, and the time that the width stands for. */
export interface Sheet {
  readonly width: number;
  readonly laneHeight: number;
  readonly from: number;
  readonly to: number;
}

/** Lanes are high where they are few, and thin where they are many. */
export function laneHeightOf(lanes: number): number {
  if (lanes <= 16) return 18;
  return lanes <= 128 ? 8 : 4;
}

const TEXT_FROM_PX = 16;
const TONES: readonly Tone[] = ['starting', 'idle', 'busy', 'going', 'trouble'];

/** Draws the lanes onto a canvas. @param colourOf gives the colour of a variable of the style sheet. */
export function drawLanes(
  canvas: HTMLCanvasElement,
  lanes: readonly Lane[],
  sheet: Sheet,
  colourOf: (name: string) => string,
): void {
  const { laneHeight, width } = sheet;
  const height = Math.max(1, lanes.length) * laneHeight;
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(scale, scale);
  context.textBaseline = 'middle';
  context.font = '11px system-ui, sans-serif';
  const bars = new Map(TONES.map(tone => [tone, colourOf(`bar-${tone}`)]));
  for (const [index, lane] of lanes.entries())
    for (const span of lane) {
      const { left, size } = placeOf(span, sheet);
      context.fillStyle = bars.get(LOOKS[span.phase].tone) ?? colourOf('bar-idle');
      // Idle time is low, so that jobs stand out also for who sees no colours.
      const isLow = span.phase !== 'busy';
      const inset = isLow ? laneHeight * 0.35 : laneHeight > 6 ? 1 : 0.5;
      context.fillRect(left, index * laneHeight + inset, Math.max(size, 1), laneHeight - 2 * inset);
      if (!isLow && laneHeight >= TEXT_FROM_PX && size > 24)
        write(context, span.life.job ?? '', left, index * laneHeight, size, laneHeight, colourOf('bar-text'));
    }
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  left: number,
  top: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width - 3, height);
  context.clip();
  context.fillStyle = colour;
  context.fillText(text, left + 4, top + height / 2 + 0.5);
  context.restore();
}

/** What of it is on the sheet: its text is to begin there. */
function placeOf(span: Span, sheet: Sheet): { readonly left: number; readonly size: number } {
  const perMs = sheet.width / (sheet.to - sheet.from);
  const [from, to] = [Math.max(span.from, sheet.from), Math.min(span.to, sheet.to)];
  return { left: (from - sheet.from) * perMs, size: (to - from) * perMs };
}

/** What is drawn at a place of the canvas, in CSS pixels. Pure. */
export function spanAt(lanes: readonly Lane[], sheet: Sheet, x: number, y: number): Span | undefined {
  const at = sheet.from + (x / sheet.width) * (sheet.to - sheet.from);
  return lanes[Math.floor(y / sheet.laneHeight)]?.find(({ from, to }) => from <= at && at < to);
}
