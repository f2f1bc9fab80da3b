import type { StringMap } from 'incus-client';
import { describe, expect, it } from 'vitest';
import { Isolation } from './isolation.js';

const KEY = 'security.idmap.isolated';
const tooFew = new Error('create instance "a": Not enough uid/gid available for the container');

function bench(off?: string) {
  const told: string[] = [];
  const asked: StringMap[] = [];
  const isolation = new Isolation({ off, onOff: why => told.push(why) });
  const create = (fails: (keys: StringMap) => Error | undefined) =>
    isolation.creating(async keys => {
      asked.push(keys);
      const error = fails(keys);
      if (error !== undefined) throw error;
    });
  return { isolation, told, asked, create };
}

describe('a guest', () => {
  it('gets a range of user ids of its own', async () => {
    const { asked, create, isolation } = bench();
    await create(() => undefined);
    expect(asked).toEqual([{ [KEY]: 'true' }]);
    expect(isolation.off).toBeUndefined();
  });

  it('shares one where the host is known to have too few, which is told of by whoever knows', async () => {
    const { asked, told, create } = bench('too few');
    await create(() => undefined);
    expect(asked).toEqual([{ [KEY]: 'false' }]);
    expect(told).toEqual([]);
  });

  it('shares one from then on where Incus runs out of them, which is told of once', async () => {
    const { asked, told, create } = bench();
    const fails = (keys: StringMap) => (keys[KEY] === 'true' ? tooFew : undefined);
    await create(fails);
    await create(fails);
    expect(asked.map(keys => keys[KEY])).toEqual(['true', 'false', 'false']);
    expect(told).toEqual([tooFew.message]);
  });

  it('gets one or shares one as it is reckoned anew, until Incus itself has said that there are too few', async () => {
    const { asked, told, create, isolation } = bench('too few');
    isolation.reckon(undefined);
    await create(() => undefined);
    isolation.reckon('too few for more');
    isolation.reckon('too few for more');
    await create(() => undefined);
    isolation.reckon(undefined);
    await create(keys => (keys[KEY] === 'true' ? tooFew : undefined));
    isolation.reckon(undefined);
    await create(() => undefined);
    expect(asked.map(keys => keys[KEY])).toEqual(['true', 'false', 'true', 'false', 'false']);
    expect(told).toEqual(['too few for more', tooFew.message]);
  });

  it('that cannot be made for another reason is not tried again', async () => {
    const { asked, told, create } = bench();
    await expect(create(() => new Error('no room'))).rejects.toThrow('no room');
    expect(asked).toHaveLength(1);
    expect(told).toEqual([]);
  });
});
