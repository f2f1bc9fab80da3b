import type { Death } from '../report/death.js';
import { explain } from '../report/explain.js';
import type { StatusDocument } from '../report/status-document.js';
import { callDaemon } from './control.js';
import { formatDeath, formatJson } from './logs.js';
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
  const status = (await callDaemon(socket, 'GET', '/status?usage&queue')) as StatusDocument;
  const deaths = (await callDaemon(socket, 'GET', '/deaths')) as readonly Death[];
  const explanation = explain(name, { status, deaths, now: Date.now() });
  const ended = await Promise.all(
    (explanation.deaths ?? []).map(
      async death => (await callDaemon(socket, 'GET', `/deaths/${encodeURIComponent(death.name)}`)) as Death,
    ),
  );
  if (json) return write(formatJson(ended.length === 0 ? explanation : { ...explanation, deaths: ended }));
  // The record of an agent begins with what is said of it.
  const says = explanation.of === 'agent' && ended.length > 0 ? [] : explanation.says;
  write([...says.map(sentence => `${sentence}\n`), ...ended.map(formatDeath)].join(''));
}
