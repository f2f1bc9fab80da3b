import { connectIncus, ignoreNotFound } from 'incus-client';
import { expect, test } from 'vitest';
import { describeOnIncus } from '../../../../../testbed/for-tests.js';
import { WayOut } from '../../lib/way-out.js';
import { findSourceImage } from './source-image.js';

const SHOWN = { type: 'disk', source: '/srv', path: '/mnt' };

describeOnIncus('an instance that a base is to be made of', testbed => {
  test.each([
    [
      'a folder of the host',
      { devices: { shown: SHOWN } },
      /its device "shown" would come to every guest; .* device remove iap-golden shown/,
    ],
    ['the rights of the host', { config: { 'security.privileged': 'true' } }, /it sets security\.privileged, .* unset/],
  ])('is refused where it has %s, which a copy has as well', async (_, more, says) => {
    await using client = connectIncus({ connection: { kind: 'unix', socketPath: testbed().socketPath } });
    const { instances } = client;
    const source = { type: 'image', alias: testbed().image } as const;
    const copied = { type: 'copy', source: 'iap-golden', instance_only: true } as const;
    try {
      await instances.create({ name: 'iap-golden', source, ...more });
      await instances.create({ name: 'iap-copy', source: copied });
      expect((await instances.get('iap-copy')).instance).toMatchObject(more);
      const image = { kind: 'instance', alias: 'iap-golden' } as const;
      const found = findSourceImage(client, image, 'x86_64', new WayOut(), new AbortController().signal);
      await expect(found).rejects.toThrow(says);
    } finally {
      for (const name of ['iap-copy', 'iap-golden']) await ignoreNotFound(instances.delete(name));
    }
  });
});
