import { recordLifecycle } from '../../testbed/lifecycle-log.js';
import { leaving, lying, ringingOn, spoilt, untilTold } from '../../testbed/misbehaviour.js';
import { PlaceTimes } from '../../testbed/place-times.js';
import { keyStockFilled } from '../key-stock.js';
import { Program } from '../program.js';
import type { Outcome } from '../report/outcome.js';
import { seconds, spread } from '../report/words.js';
import { standInPackage } from '../stand-in-package.js';
import { Watcher } from '../stand-in-work.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const PLACES = 4;
const JOB_SECONDS = 5;
const FILL_MS = 300_000;
const WORST_MS = 10_000;

/** The jobs that lie; each goes on, as an honest one does, until it is told to end. */
const LYING: readonly string[] = [
  lying,
  ringingOn,
  lying,
  lying,
  ...Object.values(spoilt).map(script => script + untilTold),
  ...leaving,
];
/** Tells a job to end when it has gone on for its time, whatever it does meanwhile. */
const TIMED = `(sleep ${JOB_SECONDS}; touch /tmp/go) > /dev/null 2>&1 &\n`;

/** What a pool shows whose guests give up their places. */
interface Seen {
  /** Ms for which each of the places stayed empty. */
  readonly emptyMs: readonly number[];
  /** Jobs that say they have done what they were for. */
  readonly lied: number;
}

/** How long places stay empty that lying guests have given up, beside the same places given up by honest ones. */
export async function measureLying(workbench: Workbench): Promise<Outcome> {
  const { say, signal, registration, quick } = workbench;
  const rounds = quick ? 1 : 4;
  await using program = await Program.start(workbench, { agentPackage: await standInPackage({ signal }) });
  const scripts = Array.from({ length: rounds }, () => LYING).flat();
  const honest = await emptyPlaces(
    scripts.map(() => untilTold),
    program,
    workbench,
  );
  const floor = summarise(honest.emptyMs);
  say(`${scripts.length} honest guests: ${spread(floor)}`);
  const lies = await emptyPlaces(scripts, program, workbench);
  const ours = summarise(lies.emptyMs);
  say(`${scripts.length} lying guests: ${spread(ours)}`);
  return {
    name: 'lying',
    conditions: [
      `the stand-in agent (Node), online once its session is open; docker off; no reserve; registration by the ${registration};`,
      `${PLACES} places, jobs of ${JOB_SECONDS} s that say they are finished, ring without end, spoil the files that are read after`,
      'them, or switch their guests off; a place is given up with the job or the instance, whichever ends first;',
      'what stands for the floor is the same pool with honest jobs, and the ratio is that of the worst',
    ].join(' '),
    figures: [
      {
        figure: 'place given up by a guest that lies → an agent more online',
        measured: spread(ours),
        floor: spread(floor),
        ratio: ours && floor && ours.max / floor.max,
        goal: `max ≤ ${seconds(WORST_MS)}`,
        isMet: ours && ours.max <= WORST_MS,
      },
      {
        figure: 'guests that lied',
        measured: `${lies.lied} of ${scripts.length}`,
        floor: `${honest.lied} of ${scripts.length}`,
        ratio: undefined,
        goal: 'all, and none for the floor',
        isMet: lies.lied === scripts.length && honest.lied === 0,
      },
    ],
    tables: [],
    raw: { honest, lies },
  };
}

async function emptyPlaces(scripts: readonly string[], program: Program, { signal }: Workbench): Promise<Seen> {
  const { emulator, incus } = program.scenario;
  await using lifecycle = await recordLifecycle(incus);
  using times = new PlaceTimes(emulator, lifecycle);
  using watcher = new Watcher(emulator);
  return await program.run({ agentCount: PLACES, reserve: 0 }, async daemon => {
    await watcher.sightings.reach('online', PLACES, FILL_MS, signal);
    await keyStockFilled(daemon, signal);
    const queued = scripts.map(script => emulator.queueJob({ steps: [{ script: TIMED + script }] }));
    await watcher.sightings.reach('online', PLACES + scripts.length, FILL_MS, signal);
    const requests = new Set(queued.map(({ requestId }) => requestId));
    const lied = emulator.jobs().filter(job => requests.has(job.requestId) && job.lines.includes('lied')).length;
    return { emptyMs: times.emptyMs(PLACES), lied };
  });
}
