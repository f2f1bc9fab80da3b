import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/**
 * A log of one JSON line per event on standard output.
 *
 * @param form what becomes of each line, which ends with a line end, before it goes out.
 */
export function makeLog(level: LogLevel, form?: (line: string) => string): Logger {
  const out = pino.destination({ fd: 1, sync: true });
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    form === undefined ? out : { write: line => void out.write(form(line)) },
  );
}
