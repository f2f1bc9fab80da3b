import type { EventEmitter } from 'node:events';

/** What a shell shows of a program that SIGPIPE has ended, which Node keeps from being sent. */
const READER_LEFT = 141;

/**
 * Ends the program without a word when nobody reads one of its streams any more, as with `head`, or when the terminal is gone: what
 * waits for a signal to stop is stopped as by that, so that it takes back what it made; what waits for none ends at once. Gives back
 * how to end with an exit code otherwise.
 */
export function endWhenReaderLeaves(streams: readonly EventEmitter[]): (code: number) => void {
  let end: (() => void) | undefined;
  const onError = (error: NodeJS.ErrnoException) => {
    if (end !== undefined) return;
    if (error.code === 'EPIPE') end = () => process.exit(READER_LEFT);
    // Node would put a terminal back that is not there, and abort over that.
    else if (error.code === 'EIO') end = () => process.kill(process.pid, 'SIGHUP');
    else throw error;
    if (!process.emit('SIGTERM')) end();
  };
  for (const stream of streams) stream.on('error', onError);
  return code => {
    process.exitCode = code;
    end?.();
  };
}
