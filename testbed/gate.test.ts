import { describe, expect, it } from 'vitest';
import { makeGate, passGate } from './gate.js';

describe('a gate', () => {
  it('tells all who wait what was made, and those who come later', async () => {
    let finish: ((made: unknown) => void) | undefined;
    const making = new Promise(resolve => {
      finish = resolve;
    });
    await using gate = await makeGate(making);
    const waiting = [passGate(gate.path), passGate(gate.path)];
    finish?.({ port: 8080 });
    const [first, second] = await Promise.all(waiting);
    expect([first, second, await passGate(gate.path)]).toEqual([{ port: 8080 }, { port: 8080 }, { port: 8080 }]);
  });

  it('tells why nothing was made', async () => {
    await using gate = await makeGate(Promise.reject(new Error('no room on the disk')));
    await expect(passGate(gate.path)).rejects.toThrow('no room on the disk');
  });

  it('is gone with its maker', async () => {
    const gate = await makeGate(Promise.resolve('made'));
    await gate[Symbol.asyncDispose]();
    await expect(passGate(gate.path)).rejects.toThrow('ENOENT');
  });
});
