import { breakdownOf } from '../breakdown.js';
import { keyStockFilled } from '../key-stock.js';
import { Lives } from '../lives.js';
import { Program } from '../program.js';
import { Registrations } from '../registrations.js';
import type { Outcome } from '../report/outcome.js';
import { spread } from '../report/words.js';
import { unitStartsIn, whenUnitsStarted } from '../shell-agent/scripts.js';
import { replacementsOf } from '../sightings.js';
import { standInPackage } from '../stand-in-package.js';
import { queueShortJobs, Watcher } from '../stand-in-work.js';
import { summarise } from '../statistics.js';
import { stepsTable, way } from '../ways.js';
import type { Workbench } from '../workbench.js';

const PLACES = 4;
const JOB_SECONDS = 2;
const FILL_MS = 240_000;

/** The same replacement with the stand-in agent against the emulator: a Node start, a token and a session are in it. */
export async function measureStandIn(workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal, registration } = workbench;
  await using program = await Program.start(workbench, { agentPackage: await standInPackage({ signal }) });
  const { emulator, incus } = program.scenario;
  await using lives = new Lives(incus);
  using registrations = new Registrations(emulator);
  using watcher = new Watcher(emulator);
  const { sightings } = watcher;
  const jobs = quick ? 12 : 24;
  const log = await program.run({ agentCount: PLACES, reserve: 2 }, async daemon => {
    await sightings.reach('online', PLACES, FILL_MS, signal);
    await keyStockFilled(daemon, signal);
    queueShortJobs(emulator, { jobs, places: PLACES, seconds: JOB_SECONDS, first: whenUnitsStarted });
    await sightings.reach('online', PLACES + jobs, FILL_MS, signal);
    return daemon.log;
  });
  const unitStarts = new Map(
    emulator.jobs().flatMap(({ agentName, lines }) => {
      const starts = unitStartsIn(lines);
      return agentName === undefined || starts === undefined ? [] : [[agentName, starts] as const];
    }),
  );
  const replacements = replacementsOf(sightings.all, PLACES);
  const witnesses = { lives, registrations, unitStarts, log, byGuest: registration === 'guest' };
  const steps = breakdownOf(replacements.map(one => way(one, witnesses, 'session open')));
  const summary = summarise(replacements.map(({ doneAt, onlineAt }) => onlineAt - doneAt));
  say(`stand-in agent: ${spread(summary)}`);
  const figure = 'job done → next agent online, reserve 2, stand-in agent (Node)';
  return {
    name: 'stand-in',
    conditions: [
      'the stand-in agent (Node), online once its session is open; docker off;',
      `registration by the ${registration}; ${PLACES} places, jobs of ${JOB_SECONDS} s; all keys there when the first job begins`,
    ].join(' '),
    figures: [{ figure, measured: spread(summary), floor: '', ratio: undefined, goal: '', isMet: undefined }],
    tables: [stepsTable('reserve 2, stand-in agent', steps)],
    raw: { replacements, steps },
  };
}
