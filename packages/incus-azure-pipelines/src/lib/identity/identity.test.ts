import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Secret } from '../secret.js';
import { Identity, type IssuedToken } from './identity.js';

const MINUTE_MS = 60_000;

type Given = string | { readonly token: string; readonly forMs: number } | Error | Promise<never>;

/** An identity whose source gives these in turn, the last one again and again, and tells how often it was asked. */
function identityOf(isKept: boolean, ...given: readonly Given[]) {
  const clock = { at: 0, now: () => clock.at };
  let asked = 0;
  const ask = async (): Promise<IssuedToken> => {
    const next = given[Math.min(asked, given.length - 1)] ?? '';
    asked += 1;
    if (next instanceof Promise) return next;
    if (next instanceof Error) throw next;
    if (typeof next === 'string') return { secret: new Secret(next) };
    return { secret: new Secret(next.token), expiresAt: clock.at + next.forMs };
  };
  const identity = new Identity({ kind: isKept ? 'bearer' : 'pat', isKept, ask }, clock);
  const token = async () => (await identity.token()).reveal();
  return {
    clock,
    asked: () => asked,
    token,
    /** The token once a renewal is over that its use has begun. */
    renewed: async () => {
      await token();
      await setImmediate();
      return token();
    },
    another: async (refused: string) => (await identity.another(refused))?.reveal(),
    coveredSince: () => identity.coveredSince,
  };
}

const hour = (token: string) => ({ token, forMs: 60 * MINUTE_MS });
const never = new Promise<never>(() => undefined);

describe('a token that is kept', () => {
  it('is asked for once, however many wait for it, until five minutes before its end', async () => {
    const { asked, clock, renewed, token } = identityOf(true, hour('first'), hour('second'));
    expect(await Promise.all([token(), token(), token()])).toEqual(['first', 'first', 'first']);
    clock.at = 55 * MINUTE_MS - 1;
    expect(await token()).toBe('first');
    expect(asked()).toBe(1);
    clock.at = 55 * MINUTE_MS;
    expect(await renewed()).toBe('second');
  });

  it('keeps nobody waiting for the next one while it is good', async () => {
    const { asked, clock, token } = identityOf(true, hour('first'), never);
    await token();
    clock.at = 60 * MINUTE_MS - 1;
    expect([await token(), await token(), asked()]).toEqual(['first', 'first', 2]);
  });

  it('that lives shortly is renewed in the middle of its life', async () => {
    const { clock, renewed, token } = identityOf(true, { token: 'first', forMs: MINUTE_MS }, hour('second'));
    await token();
    clock.at = MINUTE_MS / 2;
    expect(await renewed()).toBe('second');
  });

  it('that has ended when it comes is gone with, and asked for again after half a minute', async () => {
    const { asked, clock, token } = identityOf(true, { token: 'first', forMs: -1 });
    expect([await token(), await token(), asked()]).toEqual(['first', 'first', 1]);
    clock.at = 30_000;
    expect([await token(), asked()]).toEqual(['first', 2]);
  });

  it('is renewed after ten minutes where nobody tells its end', async () => {
    const { clock, renewed, token } = identityOf(true, 'first', 'second');
    await token();
    clock.at = 10 * MINUTE_MS - 1;
    expect(await renewed()).toBe('first');
    clock.at = 10 * MINUTE_MS;
    expect(await renewed()).toBe('second');
  });

  it('goes on to its end while no other can be had, and each try waits for half a minute', async () => {
    const { asked, clock, token } = identityOf(true, hour('first'), new Error('the endpoint is ill'));
    await token();
    clock.at = 56 * MINUTE_MS;
    expect([await token(), await token(), asked()]).toEqual(['first', 'first', 2]);
    clock.at += 30_000;
    expect([await token(), asked()]).toEqual(['first', 3]);
    clock.at = 60 * MINUTE_MS;
    await expect(token()).rejects.toThrow('the endpoint is ill');
  });

  it('that never came is asked for again after half a minute, and why is said meanwhile', async () => {
    const { asked, clock, token } = identityOf(true, new Error('no identity here'), hour('first'));
    for (let i = 0; i < 3; i += 1) await expect(token()).rejects.toThrow('no identity here');
    expect(asked()).toBe(1);
    clock.at = 30_000;
    expect(await token()).toBe('first');
  });
});

describe('a token that is refused', () => {
  it('is asked for once more, and the new one goes on from there', async () => {
    const { another, token } = identityOf(true, hour('revoked'), hour('fresh'));
    await token();
    expect(await another('revoked')).toBe('fresh');
    expect(await token()).toBe('fresh');
  });

  it('is not asked for again for half a minute, however often it is refused', async () => {
    const { another, asked, clock, token } = identityOf(true, hour('same'));
    await token();
    expect([await another('same'), await another('same'), asked()]).toEqual([undefined, undefined, 2]);
    clock.at += 30_000;
    expect([await another('same'), asked()]).toEqual([undefined, 3]);
  });

  it('is asked for once more for all calls that it was refused to at the same time', async () => {
    const { another, asked, token } = identityOf(true, hour('revoked'), hour('fresh'));
    await token();
    expect(await Promise.all([another('revoked'), another('revoked')])).toEqual(['fresh', 'fresh']);
    expect(asked()).toBe(2);
  });

  it('says why there is no other, also while none is asked for', async () => {
    const { another, asked, token } = identityOf(true, hour('revoked'), new Error('the endpoint is ill'));
    await token();
    for (let i = 0; i < 2; i += 1) await expect(another('revoked')).rejects.toThrow('the endpoint is ill');
    expect(asked()).toBe(2);
  });

  it('is not gone back to', async () => {
    const { another, clock, token } = identityOf(true, hour('revoked'), hour('fresh'));
    await token();
    await another('revoked');
    clock.at = 40_000;
    expect([await another('fresh'), await token()]).toEqual([undefined, 'fresh']);
  });

  it('makes way for one that came meanwhile, without another question', async () => {
    const { another, asked, clock, renewed, token } = identityOf(true, hour('first'), hour('second'));
    await token();
    clock.at = 56 * MINUTE_MS;
    await renewed();
    expect([await another('first'), asked()]).toEqual(['second', 2]);
  });
});

describe('a token in a file', () => {
  it('is read at each use, and once more where it is refused', async () => {
    const { another, token } = identityOf(false, 'old', 'old', 'new');
    expect([await token(), await token(), await another('old')]).toEqual(['old', 'old', 'new']);
  });

  it('that is new and not good yet makes way for the one before, and is tried again after half a minute', async () => {
    const { another, clock, token } = identityOf(false, 'old', 'new');
    await token();
    expect([await token(), await another('new'), await token()]).toEqual(['new', 'old', 'old']);
    clock.at = 30_000;
    expect(await token()).toBe('new');
  });

  it('is said to be covered by the one before while it is refused again and again, from the first refusal on', async () => {
    const { another, clock, coveredSince, token } = identityOf(false, 'old', 'new');
    await token();
    clock.at = 1_000;
    await token();
    expect(coveredSince()).toBeUndefined();
    await another('new');
    // However seldom it is used.
    for (let minute = 5; minute < 60; minute += 5) {
      clock.at = minute * MINUTE_MS;
      expect([coveredSince(), await token(), coveredSince()]).toEqual([1_000, 'new', 1_000]);
      await another('new');
    }
  });

  it('is covered no more once it is tried again and nobody refuses it', async () => {
    const { another, clock, coveredSince, token } = identityOf(false, 'old', 'new');
    await token();
    await token();
    await another('new');
    clock.at = 300_000;
    await token();
    clock.at = 359_999;
    await token();
    expect(coveredSince()).toBe(0);
    clock.at = 360_000;
    await token();
    expect(coveredSince()).toBeUndefined();
  });

  it('is not said to be covered where the one before is refused too', async () => {
    const { another, coveredSince, token } = identityOf(false, 'old', 'new');
    await token();
    await token();
    await another('new');
    await another('old');
    expect(coveredSince()).toBeUndefined();
  });

  it('goes back to the last that was good, past one that never was', async () => {
    const { another, token } = identityOf(false, 'old', 'typo', 'typo', 'new');
    await token();
    await token();
    expect([await another('typo'), await token(), await another('new')]).toEqual(['old', 'new', 'old']);
  });

  it('is reported when it and the one before are refused', async () => {
    const { another, token } = identityOf(false, 'old', 'new');
    await token();
    await token();
    expect([await another('new'), await another('old'), await token()]).toEqual(['old', undefined, 'new']);
  });

  it('may be away for a minute while it is written anew', async () => {
    const { clock, token } = identityOf(false, 'old', new Error('there is no file'));
    await token();
    clock.at = MINUTE_MS - 1;
    expect(await token()).toBe('old');
    clock.at = MINUTE_MS;
    await expect(token()).rejects.toThrow('there is no file');
  });
});
