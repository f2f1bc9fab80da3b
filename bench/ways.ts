import type { LogLine } from '../testbed/daemon-process.js';
import type { Moment, Step } from './breakdown.js';
import type { Lives } from './lives.js';
import type { Registrations } from './registrations.js';
import type { Table } from './report/table.js';
import type { UnitStarts } from './shell-agent/scripts.js';
import type { Replacement } from './sightings.js';

/** Who saw the moments of bare replacements. */
export interface BareWitnesses {
  readonly lives: Pick<Lives, 'of'>;
  readonly unitStarts: ReadonlyMap<string, UnitStarts>;
}

/** Who saw those of the program's. */
export interface Witnesses extends BareWitnesses {
  readonly registrations: Pick<Registrations, 'at'>;
  readonly log: readonly LogLine[];
  /** Whether agents register themselves, which they do once the activation has come. */
  readonly byGuest: boolean;
}

/** The moments of a replacement by bare calls; `online` is what the last of them is called. */
export function bareWay(replacement: Replacement, witnesses: BareWitnesses, online = 'first request'): Moment[] {
  return [...freed(replacement, witnesses), ...started(replacement, witnesses, online)];
}

/** The moments of a replacement by the program. */
export function way(replacement: Replacement, witnesses: Witnesses, online = 'first request'): Moment[] {
  const name = replacement.replacement;
  const { lives, log, registrations, byGuest } = witnesses;
  const decided = log.find(
    ({ msg, kind, name: whose }) => msg === 'action started' && kind === 'activate-agent' && whose === name,
  );
  const registered = { label: 'registered', at: registrations.at(name) };
  const [pushed, registering, ...rest] = started(replacement, witnesses, online);
  return [
    ...freed(replacement, witnesses),
    { label: 'decided', at: decided === undefined ? undefined : Date.parse(String(decided.time)) },
    ...(byGuest ? [] : [registered]),
    { label: 'marked', at: lives.of(name).markedAt },
    ...[pushed, registering].filter(moment => moment !== undefined),
    ...(byGuest ? [registered] : []),
    ...rest,
  ];
}

/** A place is free, and somebody is there who can take it: whichever comes later, whoever decides waits for it. */
function freed({ ended, doneAt, replacement }: Replacement, { lives }: BareWitnesses): Moment[] {
  const doorbellAt = lives.of(ended).finishedAt;
  const { preparedAt } = lives.of(replacement);
  const both = doorbellAt !== undefined && preparedAt !== undefined;
  return [
    { label: 'job done', at: doneAt },
    { label: 'doorbell', at: doorbellAt },
    { label: 'a prepared one is there', at: both ? Math.max(doorbellAt, preparedAt) : undefined },
  ];
}

function started({ replacement, onlineAt }: Replacement, { lives, unitStarts }: BareWitnesses, online: string) {
  const units = unitStarts.get(replacement);
  return [
    { label: 'pushed', at: lives.of(replacement).pushedAt },
    { label: 'register unit started', at: units?.registerAt },
    { label: 'agent unit started', at: units?.agentAt },
    { label: online, at: onlineAt },
  ];
}

/** Shows how long each step took. */
export function stepsTable(whose: string, steps: readonly Step[]): Table {
  return {
    title: `Where the time of a replacement goes (${whose})`,
    head: ['from', 'to', 'median', 'p95', 'n'],
    rows: steps.map(({ from, to, medianMs, p95Ms, count }) => [
      from,
      to,
      `${medianMs.toFixed(0)} ms`,
      `${p95Ms.toFixed(0)} ms`,
      String(count),
    ]),
  };
}
