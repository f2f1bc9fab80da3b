import { fstatSync } from 'node:fs';
import { journalForm, terminalForm } from '../report/log-form.js';

/** What is known of where the log goes. */
export interface LogOutput {
  readonly isTerminal: boolean;
  /** Device and inode of the stream that systemd has connected with the journal, `8:42`. Source: systemd.exec(5). */
  readonly journalStream: string | undefined;
  /** Device and inode of where it goes. */
  readonly stream: string;
  /** Somebody wants no colours. Source: no-color.org. */
  readonly noColour: boolean;
}

/** How a line of the log is to look where it goes: undefined for JSON as it is, which programs read. */
export function logForm({
  isTerminal,
  journalStream,
  noColour,
  stream,
}: LogOutput): ((line: string) => string) | undefined {
  if (journalStream === stream) return journalForm;
  return isTerminal ? line => terminalForm(line, !noColour) : undefined;
}

/** Where one of this process's own streams goes. */
export function outputOf({ fd, isTTY }: { readonly fd: number; readonly isTTY?: boolean }): LogOutput {
  const { dev, ino } = fstatSync(fd);
  const { JOURNAL_STREAM, NO_COLOR } = process.env;
  return {
    isTerminal: isTTY === true,
    journalStream: JOURNAL_STREAM,
    stream: `${dev}:${ino}`,
    noColour: NO_COLOR !== undefined && NO_COLOR !== '',
  };
}

/** Whether one of this process's own streams is the journal's. */
export function goesToJournal(stream: { readonly fd: number }): boolean {
  const { journalStream, stream: own } = outputOf(stream);
  return journalStream === own;
}
