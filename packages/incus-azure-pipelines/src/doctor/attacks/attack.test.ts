import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { IncusClient } from 'incus-client';
import { expect, test } from 'vitest';
import { carryOut, OUT_OF_TIME } from './attack.js';

/** This machine in the place of a guest. */
function here(told: { deadlineMs?: number }): IncusClient {
  const exec = (_: string, { command: [program = '', ...args] }: { command: string[] }, options: object) => {
    Object.assign(told, options);
    return promisify(execFile)(program, args);
  };
  return { exec } as unknown as IncusClient;
}

test('each script tells what it printed, also where another one fails, and has its own time', async () => {
  const told: { deadlineMs?: number } = {};
  const scripts = ['echo one', 'echo two >&2; false', 'printf three'];
  expect(await carryOut(here(told), 'guest', scripts, { seconds: 60 })).toEqual(['one', 'two', 'three']);
  expect(told.deadlineMs).toBe(1_000 * (3 * 61 + 30));
});

test('one that had to be ended says so', async () => {
  const [printed] = await carryOut(here({}), 'guest', ['tail -f /dev/null'], { seconds: 0.5 });
  expect(printed).toMatch(OUT_OF_TIME);
});
