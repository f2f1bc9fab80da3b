/** A pool on a project of setup, with one agent whose job goes on and one whose job is hostile. */
import type { EmulatorOptions, JobRecord, QueuedJob } from 'azure-pipelines-emulator';
import type { IncusClient } from 'incus-client';
import type { Station } from '../../../packages/incus-azure-pipelines/src/doctor/attacks/frames.js';
import {
  endOf,
  type Guest,
  placeTool,
  whereIs,
} from '../../../packages/incus-azure-pipelines/src/doctor/attacks/guests.js';
import type { DaemonProcess } from '../../../testbed/daemon-process.js';
import type { Testbed } from '../../../testbed/for-tests.js';
import type { Scenario } from '../../../testbed/scenario.js';
import { startWithBase } from '../finished-base.js';
import { agentsOnline, lineShown } from '../waiting.js';

export interface Scene extends AsyncDisposable {
  readonly scenario: Scenario;
  readonly daemon: DaemonProcess;
  readonly attacker: Guest;
  readonly victim: Guest;
  /** The bridge, and the host's own end of it. */
  readonly bridge: string;
  readonly gateway: Station;
  /** The job that goes on in the victim meanwhile, until `goOn` lets it end. */
  readonly peaceful: QueuedJob;
  goOn(): Promise<JobRecord>;
}

/** What an agent has, so that what is taken from it ends soon. */
export const SHAPE = { maxCores: 1, maxRamInGb: 0.5, maxProcesses: 300 } as const;

const UNTIL_TOLD = 'echo here\nuntil [ -e /tmp/go ]; do sleep 0.2; done';

/** Starts the daemon on a project of setup's, and waits for both jobs. */
export async function startScene(
  testbed: Testbed,
  settings: Readonly<Record<string, unknown>> = {},
  emulator: EmulatorOptions = {},
): Promise<Scene> {
  const shape = { agentCount: 2, registration: 'host', ...SHAPE, ...settings };
  const scenario = await startWithBase({ ...testbed, confined: true, settings: shape, emulator });
  try {
    const daemon = scenario.startDaemon();
    const { incus } = scenario;
    await agentsOnline(scenario.emulator, 2);
    const [peaceful, hostile] = ['peaceful', 'hostile'].map(name =>
      scenario.emulator.queueJob({ name, steps: [{ script: UNTIL_TOLD }] }),
    );
    if (peaceful === undefined || hostile === undefined) throw new Error('two jobs are queued');
    const jobs = await Promise.all([peaceful, hostile].map(job => lineShown(scenario.emulator, job, 'here')));
    const [victim, attacker] = await Promise.all(jobs.map(job => armed(incus, job.agentName)));
    if (victim === undefined || attacker === undefined) throw new Error('two guests have a job');
    const bridge = await bridgeOf(incus, victim.name);
    return {
      scenario,
      daemon,
      attacker,
      victim,
      bridge,
      gateway: await endOf(bridge, gatewayOf(victim)),
      peaceful,
      async goOn() {
        await incus.files.push(victim.name, '/tmp/go', '');
        return await peaceful.finished;
      },
      [Symbol.asyncDispose]: () => scenario[Symbol.asyncDispose](),
    };
  } catch (error) {
    await scenario[Symbol.asyncDispose]();
    throw error;
  }
}

/** A guest that has its tool, and where it is. */
export async function armed(incus: IncusClient, name: string): Promise<Guest> {
  await placeTool(incus, name);
  return await whereIs(incus, name);
}

/** The host's own address on the bridge of a guest. */
export function gatewayOf({ address }: Station): string {
  return address.replace(/\d+$/, '1');
}

async function bridgeOf(incus: IncusClient, name: string): Promise<string> {
  const bridge = (await incus.instances.get(name)).instance.expanded_devices.eth0?.network;
  if (bridge === undefined) throw new Error(`${name} is on no bridge`);
  return bridge;
}
