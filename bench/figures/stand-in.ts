import { join } from 'node:path';
import { buildStandInPackage } from 'azure-pipelines-emulator';
import { cacheDirectory } from '../../testbed/work-tree.js';
import { Program } from '../program.js';
import type { Outcome } from '../report/outcome.js';
import { replacementsOf, Sightings } from '../sightings.js';
import { summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';
import { isAgentName } from './first-line.js';
import { spread } from './replacement.js';

const PLACES = 4;
const FILL_MS = 240_000;

/** The same replacement with the stand-in agent against the emulator: a Node start, a token and a session are in it. */
export async function measureStandIn(workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal } = workbench;
  const agentPackage = await buildStandInPackage({
    cacheDirectory: join(cacheDirectory(), 'stand-in'),
    pollPauseMs: [0, 0],
    signal,
  });
  await using program = await Program.start(workbench, { agentPackage });
  const { emulator } = program.scenario;
  const sightings = new Sightings();
  emulator.on(event => {
    if (event.kind === 'agent-online' && isAgentName(event.agentName))
      sightings.add({ kind: 'online', name: event.agentName, at: event.at });
    if (event.kind === 'job-finished' && event.agentName !== undefined)
      sightings.add({ kind: 'done', name: event.agentName, at: event.at });
  });
  const jobs = quick ? 12 : 24;
  await program.run({ agentCount: PLACES, reserve: 2 }, async () => {
    await sightings.reach('online', PLACES, FILL_MS, signal);
    // The first jobs are of different lengths, so that the places do not end together.
    for (let turn = 1; turn <= jobs; turn++) {
      const length = turn < PLACES ? (2 * turn) / PLACES : 2;
      emulator.queueJob({ name: `job ${turn}`, steps: [{ script: `sleep ${length}` }] });
    }
    await sightings.reach('online', PLACES + jobs, FILL_MS, signal);
  });
  const waits = replacementsOf(sightings.all, PLACES).map(({ doneAt, onlineAt }) => onlineAt - doneAt);
  const summary = summarise(waits);
  say(`stand-in agent: ${spread(summary)}`);
  const figure = 'job done → next agent online, reserve 2, stand-in agent (Node)';
  return {
    figures: [{ figure, measured: spread(summary), floor: '', ratio: undefined, goal: '', isMet: undefined }],
    tables: [],
    raw: { name: 'stand-in', waits },
  };
}
