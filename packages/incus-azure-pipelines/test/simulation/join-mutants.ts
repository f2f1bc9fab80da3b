import type { Agent } from '../../src/model/agent.js';
import { knownValue } from '../../src/model/reading.js';
import { join } from '../../src/observe/join.js';

/** Bugs of what joins the readings, by what each does. */
export const joins: Readonly<Record<string, typeof join>> = {
  'knows its own by the beginning of a name': (before, sightings, desired, owner, now) => {
    const nothing = { known: true, value: [], at: now } as const;
    const [mine, others] = [owner, 'ffffff'].map(whose =>
      knownValue(
        join(
          before.filter(({ name }) => name.includes(whose)),
          whose === owner ? sightings : { ...sightings, instances: nothing },
          desired,
          whose,
          now,
        ),
      ),
    );
    return mine === undefined
      ? join(before, sightings, desired, owner, now)
      : { known: true, value: [...mine, ...(others ?? [])], at: now };
  },
  'looks for agents by the name of an agent pool': (before, sightings, ...given) =>
    join(before, { ...sightings, agentPoolIds: new Map() }, ...given),
  'takes a list that lacks an agent for its end': (before, sightings, ...given) => {
    const deregistered = new Set(knownValue(sightings.instances)?.map(({ name }) => name));
    return join(before, { ...sightings, deregistered }, ...given);
  },
  'takes a list that is behind for the end of a job': (...given) => {
    const agents = join(...given);
    const isFree = ({ registration }: Agent) => registration.known && !registration.value?.assigned;
    const ended = (agent: Agent): Agent =>
      agent.phase === 'busy' && isFree(agent) ? { ...agent, phase: 'finished' } : agent;
    return agents.known ? { ...agents, value: agents.value.map(ended) } : agents;
  },
  'trusts the clock that marked an activation': (...given) => {
    const agents = join(...given);
    const marked = (agent: Agent) => ({ ...agent, life: { ...agent.life, activeSince: agent.instance?.activatedAt } });
    return agents.known ? { ...agents, value: agents.value.map(marked) } : agents;
  },
  'takes an activation that drags on for a finished agent': (before, sightings, ...given) =>
    join(before, { ...sightings, activating: new Set() }, ...given),
  'believes a finished guest for ever': (...given) => {
    const agents = join(...given);
    const value = knownValue(agents) ?? [];
    return agents.known
      ? { ...agents, value: value.map(agent => (agent.life.disbelieved ? { ...agent, phase: 'finished' } : agent)) }
      : agents;
  },
  'takes the calm before it was enabled for a proof': (...given) => {
    const agents = join(...given);
    const before = new Map(given[0].map(agent => [agent.name, agent.life.quietDisabled]));
    const value = (knownValue(agents) ?? []).map(agent => {
      const { life, phase, registration } = agent;
      if (knownValue(registration)?.enabled !== false || !registration.known) return agent;
      const quietDisabled = { from: before.get(agent.name)?.from ?? registration.at, to: registration.at };
      return { ...agent, phase: phase === 'starting' ? 'draining' : phase, life: { ...life, quietDisabled } } as const;
    });
    return agents.known ? { ...agents, value } : agents;
  },
  'proves a drain by what was read while it was disabled': (before, sightings, ...given) =>
    join(before, { ...sightings, disabling: new Map() }, ...given),
  'starts every clock anew': (...given) => {
    const agents = join(...given);
    const [, , , , since] = given;
    return agents.known ? { ...agents, value: agents.value.map(agent => ({ ...agent, since })) } : agents;
  },
};
