import type { Events } from '../lib/events.js';
import type { RecordFolder } from '../lib/record-folder.js';
import type { DaemonEvents } from '../model/event.js';
import { type Biography, type Death, deathOf, seen, UNBORN } from './death.js';

/**
 * Keeps the ledger of deaths: one record for every instance that ended, with its reason, its phases and its last lines.
 * Azure may tell only later how its job ended; the record is then written anew. `onFailure` hears when a record could not be written; the daemon goes on without it.
 */
export function keepDeaths(
  events: Events<DaemonEvents>,
  folder: Pick<RecordFolder<Death>, 'write'>,
  onFailure: (error: unknown) => void,
): void {
  const biographies = new Map<string, Biography>();
  const goneAt = new Map<string, number>();
  // One after the other: the last word on an agent is the one that stays.
  let writing = Promise.resolve();
  const of = (name: string) => biographies.get(name) ?? UNBORN;
  events.on('phase-changed', ({ agent, at }) => {
    if (agent.phase !== 'orphan') biographies.set(agent.name, seen(of(agent.name), agent, at));
    else if (biographies.has(agent.name)) bury(agent, at);
  });
  for (const name of ['job-taken', 'job-ended'] as const)
    events.on(name, ({ agent, job }) => {
      if (!biographies.has(agent.name)) return;
      biographies.set(agent.name, { ...of(agent.name), job });
      const at = goneAt.get(agent.name);
      if (at !== undefined) bury(agent, at);
    });
  events.on('agent-gone', ({ agent, at }) => {
    if (biographies.has(agent.name) && !goneAt.has(agent.name)) bury(agent, at);
    biographies.delete(agent.name);
    goneAt.delete(agent.name);
  });
  events.on('action-started', ({ action }) => {
    if (!('name' in action) || !biographies.has(action.name)) return;
    const biography = of(action.name);
    biographies.set(action.name, { ...biography, deeds: [...biography.deeds, action] });
  });
  events.on('log-collected', ({ memoryKills, name, text }) => {
    if (biographies.has(name)) biographies.set(name, { ...of(name), memoryKills, lastLines: text });
  });

  function bury(agent: DaemonEvents['agent-gone']['agent'], at: number): void {
    goneAt.set(agent.name, at);
    const death = deathOf(agent, of(agent.name), at);
    writing = writing.then(() => folder.write(agent.name, death)).catch(onFailure);
  }
}
