import { expect, test } from 'vitest';
import { anInstance, NOW } from '../../test/simulation/examples.js';
import { IncusPicture } from './incus-picture.js';

const prepared = anInstance({ activatedAt: undefined });
const agent = anInstance();

/** A picture in which this was listed at `at`, with what was heard by then. */
function shows(picture: IncusPicture, instance: typeof agent, at = NOW): void {
  const rangSinceChange = picture.rings.rangSinceChange(instance.name);
  picture.listed({ instances: [{ ...instance, rangSinceChange }], bases: [] }, at);
}

function statusIn(picture: IncusPicture): string | undefined {
  const { instances } = picture.readings;
  return instances.known ? instances.value[0]?.status : undefined;
}

test('an agent is seen finished at a Ready that is later than its mark, and not when an earlier one comes late', () => {
  const picture = new IncusPicture(NOW);
  shows(picture, prepared);
  picture.hear('instance-ready', agent.name, 5_000);
  expect([picture.patch(), statusIn(picture)]).toEqual([true, 'ready']);
  picture.hear('instance-updated', agent.name, 7_000);
  shows(picture, agent, NOW + 1);
  for (const early of [5_000, 6_999]) {
    picture.hear('instance-ready', agent.name, early);
    expect([picture.patch(), statusIn(picture)]).toEqual([false, 'running']);
  }
  picture.hear('instance-ready', agent.name, 9_000);
  expect([picture.patch(), statusIn(picture)]).toEqual([true, 'ready']);
  expect(picture.readings.instances).toMatchObject({ value: [{ rangSinceChange: true }] });
});

test('a list that was overtaken by a later one takes nothing back', () => {
  const picture = new IncusPicture(NOW);
  shows(picture, agent, NOW + 1);
  shows(picture, prepared, NOW);
  expect(picture.readings.instances).toMatchObject({ at: NOW + 1, value: [{ activatedAt: agent.activatedAt }] });
});
