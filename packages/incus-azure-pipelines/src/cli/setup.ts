import { createInterface } from 'node:readline/promises';
import { loadConfig } from '../config/load.js';
import { findInstallation, imagineInstallation, setOwner } from '../lib/installation.js';
import { UserError } from '../lib/user-error.js';
import type { DaemonSpec } from '../model/pool.js';
import { describeStep } from '../setup/describe-step.js';
import type { SetupPlan, Step } from '../setup/model.js';
import { openSetup, type Setup } from '../setup/setup.js';
import { formatJson } from './format-json.js';
import type { Output } from './output.js';

interface SetupOptions {
  readonly config: string;
  readonly yes?: boolean;
  readonly remove?: boolean;
  readonly json?: boolean;
  readonly storage?: string;
}

const DEADLINE_MS = 300_000;

/**
 * Makes the place in Incus that the daemon works in, or removes it: prints what it will do, asks, does it. With JSON it asks
 * nobody, and does nothing unless it is told yes.
 *
 * @throws UserError when something that is not ours stands in the way, or when nobody can be asked.
 */
export async function setup(options: SetupOptions, output: Output): Promise<void> {
  const { spec } = await loadConfig(options.config);
  const found = await findInstallation(spec.stateDirectory);
  const installation = found ?? imagineInstallation(spec.stateDirectory);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  await using work = await openSetup({ spec, installation, storagePool: options.storage, signal });
  const plan = options.remove ? await work.planRemoval() : await work.planSetup();
  if (plan.kind === 'refused') throw new UserError(`${options.remove ? 'setup --remove' : 'setup'}: ${plan.why}`);
  if (options.json && !options.yes) return output.write(asJson(plan, false));
  if (!options.json) output.write(formatSetup(plan));
  if (plan.steps.length > 0 && !options.yes && !(await agreed())) return output.write('Nothing was done.\n');
  if (!options.remove && found === undefined) await setOwner(spec.stateDirectory, installation.ownerId);
  await carryOut(plan.steps, work, text => options.json || output.write(text));
  if (options.json) return output.write(asJson(plan, true));
  if (!options.remove) output.write(await nextStep(spec, work));
}

/** The plan as a person reads it. */
export function formatSetup({ steps, remarks }: Extract<SetupPlan, { kind: 'plan' }>): string {
  const texts = steps.map((step, i) => {
    const { what, details } = describeStep(step);
    return [`${i + 1}. ${what}\n`, ...details.map(detail => `     ${detail}\n`)].join('');
  });
  const all = steps.length === 0 ? ['Everything is as it should be.\n'] : texts;
  return [...all, ...remarks.map(remark => `Mind: ${remark}\n`)].join('');
}

async function carryOut(steps: readonly Step[], work: Setup, told: (text: string) => unknown): Promise<void> {
  for (const [i, step] of steps.entries()) {
    await work.perform(step);
    told(`${i + 1} of ${steps.length} done.\n`);
  }
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UserError(
      'setup: there is no terminal to ask on; look at what it would do, and call it again with --yes',
    );
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await terminal.question('Do this? [y/N] ')).trim());
  } finally {
    terminal.close();
  }
}

/** How the daemon comes to use what was made. */
async function nextStep({ incus }: DaemonSpec, work: Setup): Promise<string> {
  const url = await work.url();
  if (incus.kind === 'https' && new URL(incus.url).port === new URL(url).port) return '';
  return `For the daemon to use its certificate, write into the configuration: incus: {url: "${url}"}\n`;
}

function asJson({ steps, remarks }: Extract<SetupPlan, { kind: 'plan' }>, done: boolean): string {
  const document = { steps: steps.map(step => ({ ...step, what: describeStep(step).what })), remarks, done };
  return formatJson(document);
}
