import type { AgentRecord, Emulator, EmulatorEvent, JobRecord, QueuedJob } from 'azure-pipelines-emulator';
import { onTestFailed } from 'vitest';
import type { DaemonProcess, RunOptions } from '../../testbed/daemon-process.js';
import type { Scenario } from '../../testbed/scenario.js';
import { readPool } from './daemon-status.js';

/** Resolves when `holds` does; asked at first and after every event of the emulator. */
export async function whenEmulator(emulator: Emulator, holds: (event?: EmulatorEvent) => boolean): Promise<void> {
  if (holds()) return;
  let off = () => {};
  await new Promise<void>(resolve => {
    off = emulator.on(event => holds(event) && resolve());
  }).finally(() => off());
}

/** Resolves when this many agents are online: free, or with a job. A probe is disabled and has none. */
export async function agentsOnline(emulator: Emulator, count: number): Promise<void> {
  const isAgent = (agent: AgentRecord) => agent.enabled || agent.assignedRequestId !== undefined;
  const online = () => emulator.agents().filter(agent => agent.status === 'online' && isAgent(agent));
  await whenEmulator(emulator, () => online().length >= count);
}

/** Resolves with the name of an agent that is online, enabled and none of `names`. */
export async function anotherOnline(emulator: Emulator, ...names: readonly (string | undefined)[]): Promise<string> {
  let found: string | undefined;
  await whenEmulator(emulator, () => {
    found = emulator.agents().find(a => a.status === 'online' && a.enabled && !names.includes(a.name))?.name;
    return found !== undefined;
  });
  return found ?? '';
}

/** Resolves with the job once its console shows a line; that it has an agent then is sure. */
export async function lineShown(
  emulator: Emulator,
  job: QueuedJob,
  line: string,
): Promise<JobRecord & { agentName: string; agentId: number }> {
  const find = () => emulator.jobs().find(({ requestId }) => requestId === job.requestId);
  await whenEmulator(emulator, () => find()?.lines.includes(line) === true);
  const found = find();
  if (found?.agentName === undefined || found.agentId === undefined) throw new Error(`"${line}" was shown by no agent`);
  return { ...found, agentName: found.agentName, agentId: found.agentId };
}

/** Resolves when a drained pool has neither agents in Azure nor instances, by its own account. */
export async function drainedEmpty(scenario: Scenario, daemon: DaemonProcess, pool?: string): Promise<void> {
  for (;;) {
    // Counted before the question: an agent that goes while it is answered must not be missed.
    const seen = daemon.log.length;
    if ((await readPool(scenario, pool)).agents.length === 0) return;
    await daemon.seen(line => line.msg === 'agent gone' && daemon.log.indexOf(line) >= seen);
  }
}

/** Starts the scenario's daemon, whose last words are printed when the running test fails. */
export function startDaemon(scenario: Scenario, options?: RunOptions): DaemonProcess {
  const daemon = scenario.startDaemon(undefined, options);
  tellOnFailure(daemon);
  return daemon;
}

/** Prints the last words of a daemon when the running test fails; one that several tests share is named before each. */
export function tellOnFailure(daemon: DaemonProcess): void {
  onTestFailed(() => {
    const words = daemon.log.slice(-LAST_LINES).map(line => JSON.stringify(line));
    console.error(['The last lines of the daemon:', ...words, daemon.stderr].join('\n'));
  });
}

const LAST_LINES = 60;
