import { expect, test } from 'vitest';
import { ServiceError } from './service-error.js';
import type { Session } from './session.js';
import { openSessionPatiently } from './session-opening.js';

interface Attempt {
  readonly lines: string[];
  readonly exit: Promise<unknown>;
}

/** Opens against a server that always answers with one error; time passes by the pauses alone. */
function openAgainst(error: Error, pauseLimit = 100): Attempt {
  const lines: string[] = [];
  let now = 0;
  let pauses = 0;
  const stop = new AbortController();
  const exit = openSessionPatiently(
    {
      open: async (): Promise<Session> => {
        throw error;
      },
      print: line => lines.push(line),
      now: () => now,
      pause: async ms => {
        now += ms;
        pauses += 1;
        if (pauses >= pauseLimit) stop.abort();
      },
    },
    stop.signal,
  ).catch((reason: unknown) => reason);
  return { lines, exit };
}

test('gives up on a session of another after four minutes', async () => {
  const typeKey = 'TaskAgentSessionConflictException';
  const { lines, exit } = openAgainst(new ServiceError('held by host-a', { status: 409, typeKey }));
  expect(await exit).toMatchObject({
    exitCode: 1,
    message: 'Stop retry on SessionConflictException after retried for 240 seconds.',
  });
  expect(lines).toEqual(Array(9).fill('A session for this agent already exists.'));
});

test.each([
  ['TaskAgentNotFoundException', 404, 1, 'The agent no longer exists on the server. Please reconfigure the agent.'],
  ['TaskAgentPoolNotFoundException', 404, 1, 'The agent no longer exists on the server. Please reconfigure the agent.'],
  ['TaskAgentAccessTokenExpiredException', 401, 0, 'no'],
  ['UnauthorizedRequestException', 401, 1, 'Failed to create session. no'],
  ['', 400, 1, 'Failed to create session. no'],
])('does not try again after %s (%i)', async (typeKey, status, exitCode, message) => {
  const { lines, exit } = openAgainst(new ServiceError('no', { status, typeKey }));
  expect(await exit).toMatchObject({ exitCode, message });
  expect(lines).toEqual([]);
});

test('goes on for as long as the server is not well', async () => {
  const { lines, exit } = openAgainst(new ServiceError('busy', { status: 503 }), 20);
  await exit;
  expect(lines).toHaveLength(20);
  expect(lines[0]).toContain('Agent connect error: busy. Retrying until reconnected.');
});
