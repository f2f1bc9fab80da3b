import type { Action } from '../../src/model/action.js';
import { type Deed, deedOf, type Step } from './deeds.js';
import type { Fault } from './faults.js';
import type { Process } from './process.js';

type Outcome = 'well' | 'failed' | 'failed half-way' | 'failed at its end';

/** Does an action step by step, as well as the world lets it; tells of each step that went well, and how it all ended. */
export function perform(
  action: Action,
  process: Process,
  how = deedOf,
  ended: (error: string | undefined) => void,
  went: (step: string) => void = () => {},
): void {
  const deed = how(action, process.world, () => process.now);
  const taking = { action, process, went };
  takeSteps(deed.steps, 0, taking, (error, taken) => {
    if (error === undefined || taken === 0) ended(error);
    else takeSteps(deed.undo, 0, taking, () => ended(error));
  });
}

interface Taking {
  readonly action: Action;
  readonly process: Process;
  readonly went: (step: string) => void;
}

function takeSteps(
  steps: Deed['steps'],
  index: number,
  taking: Taking,
  ended: (error: string | undefined, taken: number) => void,
): void {
  const step = steps[index];
  if (step === undefined) {
    ended(undefined, index);
    return;
  }
  takeStep(step, taking, error => {
    if (error !== undefined) return ended(error, index);
    taking.went(step.name);
    takeSteps(steps, index + 1, taking, ended);
  });
}

/** What was asked for may come about though the daemon that asked is dead by then. */
function takeStep(step: Step, { action, process }: Taking, ended: (error: string | undefined) => void): void {
  const { world } = process;
  const { random, timeline } = world;
  const isSlow = world.happens('actionSlow');
  const ms = isSlow ? random.between(5_000, step.deadlineMs) : random.between(20, step.longestMs);
  const outlives = random.chance(0.5);
  let error: string | undefined;
  timeline.in(random.between(0, ms), () => {
    if (!process.isAlive && !(outlives && process.isHeard)) return;
    const outcome = outcomeOf(step, process);
    const phase = 'name' in action ? world.phaseOf(action.name) : undefined;
    if (outcome === 'failed half-way') step.takeHalf?.();
    else if (outcome !== 'failed') error = step.take();
    if (outcome !== 'well') error = outcome;
    if (action.kind === 'create-instance' && !process.isAlive) noteLate(action.name, world);
    // A creation has made somebody only by now.
    const struck = phase ?? ('name' in action ? world.phaseOf(action.name) : undefined);
    const strike = (fault: Fault) =>
      world.chronicle.strike(fault, struck ? [struck] : [], `${action.kind}: ${step.name} ${nameIn(action)}`);
    if (action.kind === 'ask-prepared' && (isSlow || outcome !== 'well')) excuse(action.name, world);
    if (isSlow) strike('action slow');
    if (outcome !== 'well') strike(`action ${outcome}`);
    world.chronicle.tell(() => `  ${action.kind} ${nameIn(action)}: ${step.name}: ${error ?? 'done'}`);
  });
  process.wait(`${action.kind}: ${step.name}`, ms, () => ended(error));
}

function noteLate(name: string, { guests, timeline }: Process['world']): void {
  const guest = guests.get(name);
  if (guest) guest.lateAt = timeline.now;
}

function excuse(name: string, { guests }: Process['world']): void {
  const guest = guests.get(name);
  if (guest) guest.isUnasked = true;
}

function outcomeOf(step: Step, { world }: Process): Outcome {
  if (step.to === 'incus' && world.incus.isDown) return 'failed';
  if (step.to === 'azure' && !world.azure.budget.spend(world.timeline.now)) return 'failed';
  if (!world.happens('actionFails')) return 'well';
  if (step.takeHalf && world.random.chance(0.3)) return 'failed half-way';
  return world.random.chance(0.5) ? 'failed' : 'failed at its end';
}

function nameIn(action: Action): string {
  return 'name' in action ? action.name : action.base;
}
