import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { ringingOn } from '../../testbed/misbehaviour.js';
import { keyStockFilled } from '../key-stock.js';
import { Program } from '../program.js';
import type { Outcome } from '../report/outcome.js';
import { spread } from '../report/words.js';
import { replacementsOf } from '../sightings.js';
import { standInPackage } from '../stand-in-package.js';
import { queueShortJobs, Watcher } from '../stand-in-work.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const PLACES = 4;
const RINGING = 10;
const JOB_SECONDS = 2;
const FILL_MS = 300_000;
const MOST_TIMES_QUIET = 2;

const UNTIL_TOLD = 'until [ -e /tmp/go ]; do sleep 1; done';

/** What a pool shows of which some agents have the same long job. */
interface Seen {
  readonly waits: readonly number[];
  /** Long jobs that ended well once they were told to. */
  readonly endedWell: number;
  readonly doorbellsLost: number;
}

/** The replacement of agents while others ring their doorbells without end, beside the same while those are quiet. */
export async function measureRinging(workbench: Workbench): Promise<Outcome> {
  const { say, signal, registration } = workbench;
  await using program = await Program.start(workbench, { agentPackage: await standInPackage({ signal }) });
  const quiet = await measureBeside(UNTIL_TOLD, program, workbench);
  say(`${RINGING} quiet guests: ${spread(summarise(quiet.waits))}`);
  const ringing = await measureBeside(ringingOn, program, workbench);
  say(`${RINGING} ringing guests: ${spread(summarise(ringing.waits))}, ${ringing.doorbellsLost} lost their doorbells`);
  const [floor, ours] = [summarise(quiet.waits), summarise(ringing.waits)];
  const ratio = floor && ours && ours.median / floor.median;
  return {
    name: 'ringing',
    conditions: [
      `the stand-in agent (Node), online once its session is open; docker off; registration by the ${registration};`,
      `${PLACES} places with jobs of ${JOB_SECONDS} s beside ${RINGING} agents whose jobs begin at the same time and go on to the end;`,
      'what stands for the floor is the same pool with those jobs quiet',
    ].join(' '),
    figures: [
      {
        figure: `job done → next agent online, beside ${RINGING} guests that ring without end`,
        measured: spread(ours),
        floor: spread(floor),
        ratio,
        goal: `≤ ${MOST_TIMES_QUIET} × quiet`,
        isMet: ratio === undefined ? undefined : ratio <= MOST_TIMES_QUIET,
      },
      {
        figure: 'jobs that rang without end and ended well',
        measured: `${ringing.endedWell} of ${RINGING}, ${ringing.doorbellsLost} doorbells lost`,
        floor: `${quiet.endedWell} of ${RINGING}`,
        ratio: undefined,
        goal: 'all',
        isMet: ringing.endedWell === RINGING && ringing.doorbellsLost === RINGING,
      },
    ],
    tables: [],
    raw: { quiet, ringing },
  };
}

async function measureBeside(script: string, program: Program, { quick, signal }: Workbench): Promise<Seen> {
  const { emulator, incus } = program.scenario;
  using watcher = new Watcher(emulator);
  const { sightings } = watcher;
  const agentCount = PLACES + RINGING;
  const jobs = quick ? 8 : 24;
  return await program.run({ agentCount, reserve: 2 }, async daemon => {
    await sightings.reach('online', agentCount, FILL_MS, signal);
    await keyStockFilled(daemon, signal);
    const long = Array.from({ length: RINGING }, () => emulator.queueJob({ steps: [{ script }] }));
    queueShortJobs(emulator, { jobs, places: PLACES, seconds: JOB_SECONDS });
    await sightings.reach('online', agentCount + jobs, FILL_MS, signal);
    const waits = replacementsOf(sightings.all, agentCount).map(({ doneAt, onlineAt }) => onlineAt - doneAt);
    const requests = new Set(long.map(({ requestId }) => requestId));
    for (const { agentName, requestId } of emulator.jobs())
      if (requests.has(requestId) && agentName !== undefined) await incus.files.push(agentName, '/tmp/go', '');
    const ended = await Promise.all(long.map(({ finished }) => finished));
    const endedWell = ended.filter(({ result }) => result === 'succeeded').length;
    return { waits, endedWell, doorbellsLost: doorbellsLost(daemon) };
  });
}

function doorbellsLost({ log }: DaemonProcess): number {
  return log.filter(({ msg }) => msg === 'a guest rang without end and lost its doorbell').length;
}
