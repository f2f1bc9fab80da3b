import type { Events } from '../lib/events.js';
import type { RecordFolder } from '../lib/record-folder.js';
import type { DaemonEvents } from '../model/event.js';
import { type Biography, type Death, deathOf, seen, UNBORN } from './death.js';

/**
 * Keeps the ledger of deaths: one record for every instance that ended, with its reason, its phases and its last lines.
 * `onFailure` hears when a record could not be written; the daemon goes on without it.
 */
export function keepDeaths(
  events: Events<DaemonEvents>,
  folder: RecordFolder<Death>,
  onFailure: (error: unknown) => void,
): void {
  const biographies = new Map<string, Biography>();
  const of = (name: string) => biographies.get(name) ?? UNBORN;
  events.on('phase-changed', ({ agent, at }) => {
    const hadInstance = biographies.has(agent.name);
    if (agent.phase !== 'orphan') biographies.set(agent.name, seen(of(agent.name), agent, at));
    else if (hadInstance) bury(agent, at);
  });
  events.on('agent-gone', ({ agent, at }) => {
    if (biographies.has(agent.name)) bury(agent, at);
  });
  events.on('action-started', ({ action }) => {
    if (!('name' in action) || !biographies.has(action.name)) return;
    const biography = of(action.name);
    biographies.set(action.name, { ...biography, deeds: [...biography.deeds, action] });
  });
  events.on('log-collected', ({ name, text }) => {
    if (biographies.has(name)) biographies.set(name, { ...of(name), lastLines: text });
  });

  function bury(agent: DaemonEvents['agent-gone']['agent'], at: number): void {
    folder.write(agent.name, deathOf(agent, of(agent.name), at)).catch(onFailure);
    biographies.delete(agent.name);
  }
}
