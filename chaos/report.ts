import { HANDOVER_MS, type SlotTime } from 'incus-azure-pipelines';
import { wrap } from '../demo/text.js';
import { availability, brokenPromises, countOf, type FaultTally, OBJECTIVE, type Tally } from './tally.js';

const columns = 80;

/** The tally for a terminal, at most 80 columns wide. */
export function renderTally(tally: Tally): string[] {
  const { after, agentCount, before, jobs, minutes, reserve, seed } = tally;
  const broken = brokenPromises(tally);
  const lost = tally.wholeAfterMs;
  return [
    `seed ${seed}, ${round(minutes, 1)} min of faults, ${agentCount} agents and a reserve of ${reserve}`,
    '',
    ...faultTable(tally.faults),
    '',
    line(
      'jobs',
      `${jobs.length} queued: ${countOf('ran', tally)} ran once, ${countOf('faulted', tally)} lost to a fault that hit them`,
    ),
    ...lostJobs(tally),
    line(
      '',
      `${countOf('ours', tally)} lost otherwise, ${countOf('twice', tally)} ran twice, ${countOf('unfinished', tally)} without an end`,
    ),
    line(
      'pool',
      lost === undefined ? 'NOT whole again' : `whole again ${seconds(lost)} s after the last job and fault`,
    ),
    line('strays', `${tally.strayInstances.length} instances, ${tally.strayRegistrations.length} registrations`),
    line(
      'daemon',
      `${tally.daemonLives} lives, ${tally.refusedStarts} refused starts, ${tally.daemonEnds.length} ends that nobody asked for`,
    ),
    line(
      'held',
      `descriptors ${before.descriptors} → ${after.descriptors}, sockets ${before.sockets} → ${after.sockets}, timers ${before.timers} → ${after.timers}, loop devices ${before.loopDevices} → ${after.loopDevices}`,
    ),
    line('slots', slotsLine(tally.slots.counted)),
    line('', slotSums('outside of outages', tally.slots.counted)),
    line('', slotSums('outages included', tally.slots.all)),
    line('', slotSums('as the last daemon counts', tally.slotsByDaemon)),
    '',
    ...DEFINITION.flatMap(text => wrap(text, columns)),
    '',
    ...(broken.length === 0 ? ['Every promise was kept.'] : ['BROKEN', ...broken.flatMap(one => wrap(one, columns))]),
  ].flatMap(text => text.split('\n'));
}

const DEFINITION = [
  `Available: an agent is idle and online or has a job, and no fault has hit it. Wanted: the agents of the pool, less those that a fault keeps frozen. Handover: a place that is filled again within ${HANDOVER_MS / 1000} s; one that is empty for longer is lost from its beginning.`,
  'Outage, left out: from a fault that keeps anybody from filling the pool until it is gone and the pool is whole, at the latest one back-off step after it is gone.',
];

/** Each job that a fault has ended, by its name. */
function lostJobs({ jobs }: Tally): string[] {
  const lost = jobs.flatMap(({ fault, job }) => (fault === undefined ? [] : [`${job.name} (${fault})`]));
  return lost.length === 0 ? [] : [line('', lost.join(', '))];
}

function faultTable(faults: readonly FaultTally[]): string[] {
  const head = ['fault', 'struck', 'missed', 'outage s', 'jobs lost'];
  const rows = faults.map(({ jobsLost, kind, missed, outageMs, struck }) => [
    kind,
    String(struck),
    String(missed),
    outageMs === 0 ? '–' : seconds(outageMs),
    String(jobsLost),
  ]);
  return [head, ...rows].map(([first = '', ...rest]) =>
    [first.padEnd(20), ...rest.map(cell => cell.padStart(10))].join(''),
  );
}

function slotsLine(counted: SlotTime): string {
  const share = availability(counted);
  if (share === undefined) return 'nothing was counted: there was an outage all the time';
  const isMet = share >= OBJECTIVE ? 'met' : 'NOT met';
  return `${percent(share)} available; the objective of ${percent(OBJECTIVE)} is ${isMet}`;
}

/** Slot-seconds, and what of them is lost. */
function slotSums(where: string, time: SlotTime): string {
  const { availableMs, handoverMs, wantedMs } = time;
  const lostMs = Math.max(0, wantedMs - availableMs - handoverMs);
  const sums = `wanted ${seconds(wantedMs)}, available ${seconds(availableMs)}, handover ${seconds(handoverMs)}, lost ${seconds(lostMs)}`;
  return `${where}: ${sums}`;
}

function line(label: string, text: string): string {
  const [first = '', ...more] = wrap(text, columns - 9);
  return [`${label.padEnd(9)}${first}`, ...more.map(rest => `${' '.repeat(9)}${rest}`)].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function percent(share: number): string {
  // Never rounded up to a goal that was missed.
  return `${(Math.floor(share * 1e5) / 1e3).toFixed(3)} %`;
}

function round(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
