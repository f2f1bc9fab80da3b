import type { Death } from '../report/death.js';
import { explain } from '../report/explain.js';
import type { StatusDocument } from '../report/status-document.js';
import { askDaemon } from './control.js';
import { formatJson } from './format-json.js';
import { formatDeath } from './logs.js';
import type { Output } from './output.js';

/**
 * Says why an agent, a pool or a job is as it is, by the daemon's last look and its records of those that ended.
 *
 * @throws UserError when nothing bears that name or number.
 */
export async function printExplanation(
  name: string,
  { json, socket }: { readonly socket: string; readonly json?: boolean },
  { write }: Output,
): Promise<void> {
  const status = (await askDaemon(socket, '/status?usage&queue')) as StatusDocument;
  const deaths = (await askDaemon(socket, '/deaths')) as readonly Death[];
  const explanation = explain(name, { status, deaths, now: Date.now() });
  const ended = await Promise.all(
    (explanation.deaths ?? []).map(
      async death => (await askDaemon(socket, `/deaths/${encodeURIComponent(death.name)}`)) as Death,
    ),
  );
  if (json) return write(formatJson(ended.length === 0 ? explanation : { ...explanation, deaths: ended }));
  // The record of an agent begins with what is said of it.
  const says = explanation.of === 'agent' && ended.length > 0 ? [] : explanation.says;
  write([...says.map(sentence => `${sentence}\n`), ...ended.map(formatDeath)].join(''));
}
