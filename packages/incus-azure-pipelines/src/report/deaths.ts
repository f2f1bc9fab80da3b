import type { Events } from '../lib/events.js';
import type { RecordFolder } from '../lib/record-folder.js';
import type { Agent } from '../model/agent.js';
import { isProbe } from '../model/agent-name.js';
import type { End } from '../model/end.js';
import type { DaemonEvents } from '../model/event.js';
import { type Biography, did, seen, UNBORN } from './biography.js';
import { type Death, deathOf } from './death.js';
import { UnseenTime } from './unseen-time.js';

export interface DeathsOptions {
  /** The host was started again since the last daemon of this installation looked. */
  readonly restarted: boolean;
  /** Processes that this host killed for want of memory in the last minute; left out where guests run on another one. */
  readonly killsLately?: () => number;
}

/**
 * Keeps the ledger of deaths: one record for every instance that ended, with its reason, its phases and its last lines.
 * Azure may tell only later how its job ended; the record is then written anew.
 */
export function keepDeaths(
  events: Events<DaemonEvents>,
  folder: Pick<RecordFolder<Death>, 'read' | 'write'>,
  { killsLately = () => 0, restarted }: DeathsOptions,
): void {
  const biographies = new Map<string, Biography>();
  const goneAt = new Map<string, number>();
  const unseen = new UnseenTime(events, restarted);
  // One after the other: the last word on an agent is the one that stays.
  let writing = Promise.resolve();
  const of = (name: string) => biographies.get(name) ?? UNBORN;

  events.on('phase-changed', ({ agent, at }) => {
    const { name, phase } = agent;
    const isFirst = !biographies.has(name);
    if (isFirst && phase === 'orphan' && isProbe(name)) return;
    const ended = unseen.endOf(agent, isFirst);
    if (phase !== 'orphan') biographies.set(name, { ...seen(of(name), agent, at), unseen: ended });
    else if (isFirst) buryUnseen(agent, at, ended);
    else {
      biographies.set(name, { ...of(name), unseen: of(name).unseen ?? ended });
      bury(agent, at);
    }
  });
  for (const name of ['job-taken', 'job-ended'] as const)
    events.on(name, ({ agent, job }) => {
      if (!biographies.has(agent.name)) return;
      biographies.set(agent.name, { ...of(agent.name), job });
      const at = goneAt.get(agent.name);
      if (at !== undefined) bury(agent, at);
    });
  events.on('agent-gone', ({ agent, at }) => {
    const { name } = agent;
    if (biographies.has(name) && !goneAt.has(name)) {
      biographies.set(name, { ...of(name), unseen: of(name).unseen ?? unseen.now });
      bury(agent, at);
    }
    biographies.delete(name);
    goneAt.delete(name);
  });
  events.on('action-started', ({ action }) => {
    // What follows the end is no reason of it.
    if (!('name' in action) || !biographies.has(action.name) || goneAt.has(action.name)) return;
    biographies.set(action.name, did(of(action.name), action));
  });
  events.on('log-collected', ({ killsSeenByHost, memoryKills, name, text, wants }) => {
    const collected = { memoryKills, killsSeenByHost, wants, lastLines: text };
    if (biographies.has(name)) biographies.set(name, { ...of(name), ...collected });
  });

  function bury(agent: Agent, at: number): void {
    const isNews = !goneAt.has(agent.name);
    if (isNews) biographies.set(agent.name, { ...of(agent.name), killsAround: killsLately() });
    const death = deathOf(agent, of(agent.name), at);
    if (isNews) tell(agent, death);
    goneAt.set(agent.name, at);
    inTurn(agent, at, () => folder.write(agent.name, death));
  }

  /** Its registration alone is left. A daemon before this one may have written down its end already. */
  function buryUnseen(agent: Agent, at: number, end: End | undefined): void {
    const { name } = agent;
    const biography = { ...seen(UNBORN, agent, at), phases: [], unseen: end };
    const death = deathOf(agent, biography, at);
    biographies.set(name, biography);
    goneAt.set(name, at);
    const unlessKnown = async () => {
      if ((await folder.read(name)) !== undefined) {
        biographies.delete(name);
        return;
      }
      tell(agent, death);
      await folder.write(name, death);
    };
    inTurn(agent, at, unlessKnown);
  }

  function inTurn(agent: Agent, at: number, write: () => Promise<void>): void {
    writing = writing.then(write).catch((error: unknown) => {
      events.emit('end-unwritten', { agent, at, error: error instanceof Error ? error.message : String(error) });
    });
  }

  function tell(agent: Agent, { killsSeenByHost, memoryKills, reason, why }: ReturnType<typeof deathOf>): void {
    events.emit('agent-ended', { agent, reason, why, memoryKills, killsSeenByHost: killsSeenByHost === true });
  }
}
