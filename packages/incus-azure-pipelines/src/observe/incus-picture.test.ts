import { expect, test } from 'vitest';
import { anInstance, NOW } from '../../test/simulation/examples.js';
import { IncusPicture } from './incus-picture.js';

const prepared = anInstance({ activatedAt: undefined });
const agent = anInstance();

/** A picture in which this was listed at `at`, with what was heard by then. */
function shows(picture: IncusPicture, instance: typeof agent, at = NOW): void {
  picture.listed({ instances: [{ ...instance, rangAt: picture.rings.lastAt(instance.name) }], bases: [] }, at);
}

function statusIn(picture: IncusPicture): string | undefined {
  const { instances } = picture.readings;
  return instances.known ? instances.value[0]?.status : undefined;
}

test('an agent whose first Ready was heard is seen finished at its second, and not when the first one is heard twice', () => {
  const picture = new IncusPicture(NOW);
  shows(picture, prepared);
  picture.hear('instance-ready', agent.name, 5_000);
  expect([picture.patch(), statusIn(picture)]).toEqual([true, 'ready']);
  shows(picture, agent, NOW + 1);
  picture.hear('instance-ready', agent.name, 5_000);
  expect([picture.patch(), statusIn(picture)]).toEqual([false, 'running']);
  picture.hear('instance-ready', agent.name, 9_000);
  expect([picture.patch(), statusIn(picture)]).toEqual([true, 'ready']);
});

test('a list that was overtaken by a later one takes nothing back', () => {
  const picture = new IncusPicture(NOW);
  shows(picture, agent, NOW + 1);
  shows(picture, prepared, NOW);
  expect(picture.readings.instances).toMatchObject({ at: NOW + 1, value: [{ activatedAt: agent.activatedAt }] });
});
