import type { AgentPhase } from '../../src/model/agent.js';
import { FAULTS, type Fault } from './faults.js';
import { pairOf, type Tally } from './tally.js';

/** Every phase, so that a new one does not compile without being looked for. */
const ALL_PHASES: Readonly<Record<AgentPhase, true>> = {
  preparing: true,
  prepared: true,
  listening: true,
  starting: true,
  idle: true,
  busy: true,
  draining: true,
  offline: true,
  finished: true,
  stopped: true,
  orphan: true,
  unclear: true,
};
const PHASES = Object.keys(ALL_PHASES).filter((phase): phase is AgentPhase => phase in ALL_PHASES);

const except = (...phases: readonly AgentPhase[]) => PHASES.filter(phase => !phases.includes(phase));
const TELLING = except('idle', 'offline');

/** Faults that strike some phases only, and why no other: each pair that is not ruled out here has to be visited. */
const ONLY: Partial<Record<Fault, { readonly phases: readonly AgentPhase[]; readonly why: string }>> = {
  'Incus reads Error': { phases: except('orphan'), why: 'an orphan has no instance that could be read' },
  'event lost': { phases: TELLING, why: 'nothing of it is told: neither Ready, nor keys, nor an end' },
  'event doubled': { phases: TELLING, why: 'nothing of it is told: neither Ready, nor keys, nor an end' },
  'event late': { phases: TELLING, why: 'nothing of it is told: neither Ready, nor keys, nor an end' },
  'action failed half-way': { phases: ['preparing'], why: 'only a creation leaves something half-made in one step' },
  'assigned at the worst instant': { phases: ['idle'], why: 'who can be handed a job is idle, as Azure sees it' },
  'job cancelled': { phases: ['busy'], why: 'no job runs' },
  'key stolen': { phases: ['busy'], why: 'no foreign code has run yet, or it has run already' },
  'guest lies': { phases: ['busy'], why: 'no foreign code runs' },
  'guest rings without end': { phases: ['busy'], why: 'no foreign code runs' },
  'instance died': { phases: except('stopped', 'orphan'), why: 'there is none that could die' },
  'instance not reaped': { phases: ['preparing', 'prepared', 'stopped'], why: 'it has not ended' },
  'user ids shared': { phases: except('orphan'), why: 'an orphan has no instance with ids' },
  'guest stuck': {
    phases: ['preparing', 'listening', 'starting', 'finished', 'unclear'],
    why: 'the guest takes no step of its own, or a job is what it waits for',
  },
  'agent exited': {
    phases: ['listening', 'idle', 'busy', 'draining', 'offline', 'unclear'],
    why: 'its listener does not run',
  },
  'agent lost Azure': {
    phases: ['listening', 'idle', 'busy', 'draining', 'finished', 'unclear'],
    why: 'it is not connected to Azure',
  },
  'Azure hides an agent': { phases: except('preparing'), why: 'it has no registration' },
  'agent disabled by a person': { phases: except('preparing'), why: 'it has no registration' },
  'agent enabled by a person': {
    phases: ['busy', 'draining', 'unclear'],
    why: 'it is enabled, or it is no agent any more, or not yet',
  },
  'agent drained': { phases: except('stopped', 'orphan'), why: 'it is going, or gone' },
  'registration deleted by a person': {
    phases: except('preparing', 'busy'),
    why: 'it has none, or Azure refuses while a job is assigned',
  },
};

/** Which pairs of phase and fault were not visited though they can be, and which were though they cannot. */
export interface Coverage {
  readonly visited: number;
  readonly missing: readonly string[];
  readonly impossible: readonly string[];
}

export function coverageOf({ pairs }: Tally): Coverage {
  const all = FAULTS.flatMap(fault => PHASES.map(phase => ({ fault, phase, pair: pairOf(phase, fault) })));
  const can = ({ fault, phase }: { fault: Fault; phase: AgentPhase }) => ONLY[fault]?.phases.includes(phase) ?? true;
  return {
    visited: all.filter(({ pair }) => pairs[pair] !== undefined).length,
    missing: all.filter(one => can(one) && pairs[one.pair] === undefined).map(({ pair }) => pair),
    impossible: all.filter(one => !can(one) && pairs[one.pair] !== undefined).map(({ pair }) => pair),
  };
}

/** How often each fault struck in each phase; a dash where it cannot, with the reason below. */
export function coverageTable({ pairs }: Tally, { missing, impossible }: Coverage): string {
  const widths = PHASES.map(phase => Math.max(9, phase.length));
  const row = (name: string, cells: readonly string[]) =>
    [name.padEnd(32), ...cells.map((cell, index) => cell.padStart(widths[index] ?? 9))].join(' ');
  const cell = (phase: AgentPhase, fault: Fault) => {
    const count = pairs[pairOf(phase, fault)];
    return count === undefined ? (ONLY[fault]?.phases.includes(phase) === false ? '-' : 'MISSING') : String(count);
  };
  return [
    row('phase and fault', PHASES),
    ...FAULTS.map(fault =>
      row(
        fault,
        PHASES.map(phase => cell(phase, fault)),
      ),
    ),
    ...Object.entries(ONLY).map(([fault, { why }]) => `- ${fault}: ${why}`),
    `not visited though possible: ${missing.join(', ') || 'none'}`,
    `visited though impossible: ${impossible.join(', ') || 'none'}`,
  ].join('\n');
}
