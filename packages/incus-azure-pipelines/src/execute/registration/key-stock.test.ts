import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../../../test/simulation/fake-clock.js';
import { systemClock } from '../../lib/clock.js';
import { KeyStock } from './key-stock.js';

const { signal } = new AbortController();

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock(0);
});

/** Makes keys when it is told to, so that nothing depends on how long they take. */
class Maker {
  readonly #pending: { readonly done: (key: KeyObject) => void; readonly fail: (error: Error) => void }[] = [];
  readonly #key = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  most = 0;

  readonly make = (): Promise<KeyObject> =>
    new Promise((done, fail) => {
      this.#pending.push({ done, fail });
      this.most = Math.max(this.most, this.#pending.length);
    });

  get underWay(): number {
    return this.#pending.length;
  }

  async finish(count = 1): Promise<void> {
    for (let made = 0; made < count; made++) {
      this.#pending.shift()?.done(this.#key);
      await settled();
    }
  }

  async breakDown(): Promise<void> {
    this.#pending.shift()?.fail(new Error('out of memory'));
    await settled();
  }
}

/** Lets everything run that waits for nothing but its turn. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

it('keeps as many keys as are wanted, made one at a time, and tells how many there are', async () => {
  const maker = new Maker();
  const heard: (readonly number[])[] = [];
  const onChange = (ready: number, wanted: number) => heard.push([ready, wanted]);
  await using stock = new KeyStock({ clock, make: maker.make, onChange });
  stock.keep({ always: 3, atRest: 3 });
  await maker.finish(3);
  expect([stock.ready, maker.underWay, maker.most]).toEqual([3, 0, 1]);
  expect(heard).toEqual([0, 1, 2, 3].map(ready => [ready, 3]));
});

it('gives a key at once where one is ready, and makes another', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  stock.keep({ always: 1, atRest: 1 });
  await maker.finish();
  await stock.take(signal);
  expect([stock.ready, maker.underWay]).toEqual([0, 1]);
  await maker.finish();
  expect(stock.ready).toBe(1);
});

it('makes no more than are always wanted at the start, when machines boot, and the rest after half a minute', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  stock.keep({ always: 4, atRest: 6 });
  await maker.finish(6);
  expect([stock.ready, maker.underWay]).toEqual([4, 0]);
  await clock.advance(6_000);
  stock.keep({ always: 4, atRest: 8 });
  await clock.advance(23_999);
  expect(maker.underWay).toBe(0);
  await clock.advance(1);
  await maker.finish(4);
  expect([stock.ready, maker.underWay]).toEqual([8, 0]);
});

it('makes no more than are always wanted while some are taken, and the rest after half a minute of quiet', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  stock.keep({ always: 4, atRest: 8 });
  await clock.advance(30_000);
  await maker.finish(8);
  for (let taken = 0; taken < 4; taken++) await stock.take(signal);
  expect([stock.ready, maker.underWay]).toEqual([4, 0]);
  await stock.take(signal);
  await maker.finish();
  expect([stock.ready, maker.underWay]).toEqual([4, 0]);
  await clock.advance(29_999);
  expect(maker.underWay).toBe(0);
  await clock.advance(1);
  await maker.finish(4);
  expect([stock.ready, maker.underWay]).toEqual([8, 0]);
});

it('has a key for each of those who come at once, however steadily others came before', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  stock.keep({ always: 3, atRest: 9 });
  await maker.finish(3);
  for (let taken = 0; taken < 12; taken++) {
    await stock.take(signal);
    await maker.finish();
    await clock.advance(20_000);
  }
  expect([stock.ready, maker.underWay]).toEqual([3, 0]);
});

it('serves a burst in the order in which it came, also without a stock', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  const served: number[] = [];
  const burst = [1, 2, 3].map(n => stock.take(signal).then(() => served.push(n)));
  expect(maker.underWay).toBe(1);
  await maker.finish(2);
  expect(served).toEqual([1, 2]);
  await maker.finish();
  await Promise.all(burst);
  expect([stock.ready, maker.underWay, maker.most]).toEqual([0, 0, 1]);
});

it('makes a key for one who comes in the same moment as another took the last', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  stock.keep({ always: 1, atRest: 1 });
  await maker.finish();
  stock.keep({ always: 0, atRest: 0 });
  const both = [stock.take(signal), stock.take(signal)];
  await settled();
  await maker.finish();
  expect(await Promise.all(both)).toHaveLength(2);
});

it('keeps no more than 128 keys', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  stock.keep({ always: 1000, atRest: 1000 });
  await clock.advance(30_000);
  await maker.finish(128);
  expect([stock.ready, maker.underWay]).toEqual([128, 0]);
});

it('lets one go who does not want to wait any more, and keeps the key for the next', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  const impatient = new AbortController();
  const waiting = stock.take(impatient.signal);
  impatient.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await maker.finish();
  expect(stock.ready).toBe(1);
});

it('tells those who wait that no key could be made, and tries again for the next', async () => {
  const maker = new Maker();
  await using stock = new KeyStock({ clock, make: maker.make });
  const first = stock.take(signal);
  const refused = expect(first).rejects.toThrow('out of memory');
  await maker.breakDown();
  await refused;
  const second = stock.take(signal);
  await maker.finish();
  expect(await second).toBeDefined();
});

it('makes none when it is closed, and tells those who wait', async () => {
  const maker = new Maker();
  const stock = new KeyStock({ clock, make: maker.make });
  const refused = expect(stock.take(signal)).rejects.toThrow('stopping');
  const closed = stock[Symbol.asyncDispose]();
  await refused;
  await maker.finish();
  await closed;
  await expect(stock.take(signal)).rejects.toThrow('stopping');
  expect(maker.underWay).toBe(0);
});

it('makes RSA keys of 2048 bits with the usual exponent', async () => {
  await using stock = new KeyStock({ clock: systemClock });
  const key = await stock.take(signal);
  expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65_537n });
});
