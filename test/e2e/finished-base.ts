/** Finished bases for tests that are about something else: to build one takes more than an agent's whole life. */
import { readFile } from 'node:fs/promises';
import { type IncusClient, ignoreNotFound } from 'incus-client';
import { openInstallation } from '../../packages/incus-azure-pipelines/src/lib/installation.js';
import { MARKS } from '../../packages/incus-azure-pipelines/src/model/marks.js';
import type { PlanDocument } from '../../packages/incus-azure-pipelines/src/report/plan-document.js';
import { runProgram } from '../../testbed/daemon-process.js';
import { withHostLock } from '../../testbed/host-lock.js';
import { type Scenario, type ScenarioOptions, startScenario } from '../../testbed/scenario.js';
import { SHELF } from '../../testbed/shelf.js';

const LOCKS = '/run/iap-testbed-shelf-';

/**
 * Starts a scenario whose project has the base that its configuration asks for, built before its daemon has begun. On an
 * Incus of the test's own, which has none to give, the daemon builds it. Not for tests whose scripts shape the base, nor for
 * those that look for what its building has left: another scenario may have built it.
 */
export async function startWithBase(options: ScenarioOptions): Promise<Scenario> {
  const scenario = await startScenario(options);
  try {
    await giveBase(scenario);
    return scenario;
  } catch (error) {
    await scenario[Symbol.asyncDispose]();
    throw error;
  }
}

async function giveBase(scenario: Scenario): Promise<void> {
  const { incus } = scenario;
  if ((await ignoreNotFound(incus.projects.get(SHELF))) === undefined) return;
  const { stateDirectory } = JSON.parse(await readFile(scenario.configPath, 'utf8')) as { stateDirectory: string };
  const { ownerId } = await openInstallation(stateDirectory);
  const config = ['--config', scenario.configPath];
  const wanted = wantedBase(await call(['plan', ...config, '--json']));
  const shelf = incus.withProject(SHELF);
  await withHostLock(
    async () => {
      const found = (await shelf.instances.names()).find(name => digestIn(name) === digestIn(wanted));
      if (found !== undefined) {
        await copy(incus, wanted, { source: found, project: SHELF }, { [MARKS.owner]: ownerId });
        return;
      }
      await call(['base', 'build', ...config]);
      await copy(shelf, wanted, { source: wanted, project: scenario.project });
    },
    `${LOCKS}${digestIn(wanted)}.lock`,
  );
}

/** Which base a plan, as `plan --json` prints it, would build. @throws Error when it would build none. */
export function wantedBase(plan: string): string {
  const { actions } = JSON.parse(plan) as PlanDocument;
  const wanted = actions.find(({ action }) => action === 'build-base')?.on;
  if (wanted === undefined) throw new Error('no base is to be built');
  return wanted;
}

/** Copies the base of one project that has the shape of a wanted one into another, for an owner. @throws Error when there is none. */
export async function copyBase(from: IncusClient, to: IncusClient, wanted: string, ownerId: string): Promise<void> {
  const source = (await from.instances.names()).find(name => digestIn(name) === digestIn(wanted));
  if (source === undefined) throw new Error(`nothing has the shape of ${wanted}`);
  await copy(to, wanted, { source, project: from.project }, { [MARKS.owner]: ownerId });
}

/** What shapes a base is the end of its name; before it stands whose it is. */
function digestIn(name: string): string {
  return name.split('-').at(-1) ?? name;
}

async function copy(
  { instances }: IncusClient,
  name: string,
  from: { readonly source: string; readonly project: string },
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  await instances.create({ name, source: { type: 'copy', instance_only: true, ...from }, config });
}

async function call(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram(args);
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
