import type { Emulator } from 'azure-pipelines-emulator';
import type { DaemonProcess } from '../../testbed/daemon-process.js';
import { Program } from '../program.js';
import type { Figure, Outcome } from '../report/outcome.js';
import { spread } from '../report/words.js';
import { replacementsOf, Sightings } from '../sightings.js';
import { standInPackage } from '../stand-in-package.js';
import { isAgentName } from '../stand-in-work.js';
import { type Summary, summarise } from '../statistics.js';
import type { Workbench } from '../workbench.js';

const START_DELAY_MS = 4_000;
const PLACES = 2;
const RESERVE = 2;
const WAIT_MS = 240_000;
const MIB = 1024 ** 2;
const GOAL_MS = 500;

/** What a pool of one kind of reserve shows. */
interface Seen {
  readonly waits: readonly number[];
  /** Memory of each instance of the full reserve, in bytes. */
  readonly memory: readonly number[];
}

/**
 * The next agent's way to a place when its own program takes seconds to start: with a reserve that listens, and beside it
 * with one that is only prepared. A job is queued when the reserve is whole, so that the figure is about taking a place
 * and not about making the reserve anew.
 */
export async function measureListening(workbench: Workbench): Promise<Outcome> {
  const { quick, say, signal, registration } = workbench;
  const agentPackage = await standInPackage({ startDelayMs: START_DELAY_MS, signal });
  await using program = await Program.start(workbench, { agentPackage });
  const listening = await measureReserve(program, workbench, { isListening: true, jobs: quick ? 4 : 20 });
  say(`a reserve that listens: ${spread(summarise(listening.waits))}`);
  const prepared = await measureReserve(program, workbench, { isListening: false, jobs: quick ? 2 : 6 });
  say(`a reserve that is prepared: ${spread(summarise(prepared.waits))}`);
  return {
    name: 'listening',
    conditions: [
      `the stand-in agent (Node), whose start takes ${START_DELAY_MS / 1000} s more; docker off; ${PLACES} places, reserve ${RESERVE};`,
      `registration by the ${registration}; a job is queued only when the reserve is whole`,
    ].join(' '),
    figures: [
      waitFigure('a reserve that listens', summarise(listening.waits), true),
      waitFigure('a reserve that is only prepared', summarise(prepared.waits), false),
      memoryFigure('listens, with the stand-in (Node)', listening.memory),
      memoryFigure('is only prepared', prepared.memory),
    ],
    tables: [],
    raw: { listening, prepared },
  };
}

interface ReserveOptions {
  readonly isListening: boolean;
  readonly jobs: number;
}

async function measureReserve(
  program: Program,
  { signal }: Workbench,
  { isListening, jobs }: ReserveOptions,
): Promise<Seen> {
  const { emulator } = program.scenario;
  const sightings = new Sightings();
  const off = watchPlaces(emulator, sightings);
  const settings = { agentCount: PLACES, reserve: RESERVE, reserveListening: isListening };
  const memory = await program.run(settings, async daemon => {
    let usage: readonly number[] = [];
    for (let turn = 0; turn < jobs; turn++) {
      await sightings.reach('online', PLACES + turn, WAIT_MS, signal);
      const reserve = await wholeReserve(daemon, isListening ? 'listening' : 'prepared');
      if (isListening) await allOnline(emulator, reserve);
      if (turn === 0) usage = await memoryOf(program, reserve);
      await emulator.queueJob({ name: `job ${turn}`, steps: [{ script: 'true' }] }).finished;
    }
    await sightings.reach('online', PLACES + jobs, WAIT_MS, signal);
    return usage;
  });
  off();
  const waits = replacementsOf(sightings.all, PLACES).map(({ doneAt, onlineAt }) => onlineAt - doneAt);
  return { waits, memory };
}

/** Sees who is online and enabled, in whichever order it became so, and whose job is done. */
function watchPlaces(emulator: Emulator, sightings: Sightings): () => void {
  const seen = new Set<string>();
  return emulator.on(event => {
    if (event.kind === 'job-finished' && event.agentName !== undefined)
      sightings.add({ kind: 'done', name: event.agentName, at: event.at });
    if (event.kind !== 'agent-online' && event.kind !== 'agent-changed') return;
    const name = event.agentName;
    const agent = emulator.agents().find(one => one.name === name);
    if (agent?.status !== 'online' || !agent.enabled || seen.has(name) || !isAgentName(name)) return;
    seen.add(name);
    sightings.add({ kind: 'online', name, at: event.at });
  });
}

/** Resolves with the names of the reserve once the daemon has seen all of it in this phase. */
async function wholeReserve(daemon: DaemonProcess, phase: string): Promise<readonly string[]> {
  const now = () => {
    const phases = new Map<unknown, unknown>();
    for (const line of daemon.log) {
      if (line.msg === 'phase changed') phases.set(line.agent, line.phase);
      if (line.msg === 'agent gone') phases.delete(line.agent);
    }
    return [...phases].flatMap(([name, its]) => (its === phase ? [String(name)] : []));
  };
  while (now().length !== RESERVE) {
    const { length } = daemon.log;
    await daemon.seen(line => daemon.log.lastIndexOf(line) >= length);
  }
  return now();
}

async function allOnline(emulator: Emulator, names: readonly string[]): Promise<void> {
  const online = () =>
    names.every(name => emulator.agents().some(agent => agent.name === name && agent.status === 'online'));
  let off = () => {};
  await new Promise<void>(resolve => {
    off = emulator.on(() => online() && resolve());
    if (online()) resolve();
  }).finally(() => off());
}

/** What the kernel charges each instance, its page cache included. Source: `GET /1.0/instances/{name}/state`. */
async function memoryOf({ scenario }: Program, names: readonly string[]): Promise<readonly number[]> {
  const states = await Promise.all(names.map(name => scenario.incus.instances.state(name)));
  return states.map(({ memory }) => memory.usage);
}

function waitFigure(what: string, summary: Summary | undefined, isJudged: boolean): Figure {
  return {
    figure: `job done → next agent online, ${what}, agents start in ${START_DELAY_MS / 1000} s`,
    measured: spread(summary),
    floor: '',
    ratio: undefined,
    goal: isJudged ? `≤ ${GOAL_MS / 1000} s` : '',
    isMet: isJudged && summary ? summary.median <= GOAL_MS : undefined,
  };
}

function memoryFigure(what: string, bytes: readonly number[]): Figure {
  const mean = bytes.reduce((sum, one) => sum + one, 0) / bytes.length;
  const measured = `${(mean / MIB).toFixed(0)} MiB`;
  return {
    figure: `memory of an instance of the reserve that ${what}`,
    measured,
    floor: '',
    ratio: undefined,
    goal: '',
    isMet: undefined,
  };
}
