import type { StatusDocument } from '../report/status-document.js';
import { Notes } from './notes.js';
import { isLate, today } from './stream.js';
import { systemNotes } from './system-view.js';

/** What is to be said beside the pools: of Incus, the configuration, the records of ends, the host. */
export function Systems({ status }: { readonly status: StatusDocument }) {
  return <Notes label="Incus, the host and this daemon" notes={systemNotes(status, today.value, isLate.value)} />;
}
