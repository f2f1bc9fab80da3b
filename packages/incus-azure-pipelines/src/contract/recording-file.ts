import type { Exchange, Recording } from './exchange.js';

/** The text of a recording: JSON, an exchange to the line, so that two of them can be compared by eye. */
export function recordingText({ exchanges, ...head }: Recording): string {
  const lines = exchanges.map(exchange => `  ${JSON.stringify(exchange)}`);
  return `${JSON.stringify(head).slice(0, -1)},"exchanges":[\n${lines.join(',\n')}\n]}\n`;
}

/** The same recording without what differs from one run to the next. */
export function settled(recording: Recording): Recording {
  return { ...recording, exchanges: recording.exchanges.map(withoutTimes) };
}

/** Reads the text of a recording. @throws Error for one of another format. */
export function parseRecording(text: string): Recording {
  const value = JSON.parse(text) as Partial<Recording>;
  if (value.format === 1 && Array.isArray(value.exchanges)) return value as Recording;
  throw new Error('read a recording: it is none, or one of another release; make it anew');
}

function withoutTimes(exchange: Exchange): Exchange {
  const text = JSON.stringify({ ...exchange, afterS: undefined });
  return JSON.parse(text.replaceAll(/<time [^>]*>/g, '<time>')) as Exchange;
}
