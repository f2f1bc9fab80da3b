import type { Operation } from './wire/operation.js';

export interface OperationProgress {
  /** As the daemon words it: `Image pack: 5% (279.79MB/s)`. */
  readonly text: string;
  readonly stage?: string;
  readonly percent?: number;
  readonly bytesPerSecond?: number;
}

/** Reads how far an operation is from its metadata, where it says so: a `…_progress` text and a `progress` object. */
export function progressOf(operation: Operation): OperationProgress | undefined {
  const metadata = operation.metadata ?? {};
  const text = Object.entries(metadata).find(([key]) => key.endsWith('_progress'))?.[1];
  if (typeof text !== 'string') return undefined;
  const details: unknown = metadata.progress;
  if (typeof details !== 'object' || details === null) return { text };
  const stage = 'stage' in details ? details.stage : undefined;
  const percent = 'percent' in details ? Number(details.percent) : Number.NaN;
  const bytesPerSecond = 'speed' in details ? Number(details.speed) : Number.NaN;
  return {
    text,
    ...(typeof stage === 'string' ? { stage } : {}),
    ...(Number.isFinite(percent) ? { percent } : {}),
    ...(Number.isFinite(bytesPerSecond) ? { bytesPerSecond } : {}),
  };
}
