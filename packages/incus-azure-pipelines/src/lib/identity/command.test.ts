import { execFile } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { commandSource } from './command.js';
import { Identity } from './identity.js';

const { signal } = new AbortController();

const ask = (script: string, deadlineMs = 30_000, stop = signal) =>
  commandSource({ kind: 'bearer', argv: ['sh', '-c', script], deadlineMs }).ask(stop);

const jwt = (claims: object) =>
  ['{}', JSON.stringify(claims), 'x'].map(part => Buffer.from(part).toString('base64url'));

it('gives what is printed, and its end where the token tells it', async () => {
  const token = jwt({ exp: 1_900_000_000 }).join('.');
  const issued = await ask(`echo ${token}`);
  expect([issued.secret.reveal(), issued.expiresAt]).toEqual([token, 1_900_000_000_000]);
  expect(await ask('echo no.token.here')).toMatchObject({ expiresAt: undefined });
});

const LONG = 'x'.repeat(52);

it.each([
  ['printf " "', 'it printed nothing'],
  ['echo two words', 'it printed more than one word'],
  ['echo "please sign in" >&2; exit 3', 'it ended with 3, saying "please sign in"'],
  [`echo s3cr3t; echo "s3cr3t does not do" >&2; exit 1`, 'it ended with 1, saying "[secret] does not do"'],
  [`printf "\\033[31mbad ${LONG}\\n" >&2; exit 1`, 'it ended with 1, saying "[31mbad [secret]"'],
  ['kill -9 $$', 'it was ended by SIGKILL'],
  ['yes', 'it printed more than 65536 bytes'],
])('says in one sentence why there is no token: %s', async (script, why) => {
  const text = `run sh for a token: ${why}; call it yourself, as the user that this program runs as`;
  await expect(ask(script)).rejects.toThrow(new Error(text));
});

it('says so when there is no such program', async () => {
  const source = commandSource({ kind: 'pat', argv: ['/nonexistent'], deadlineMs: 1000 });
  await expect(source.ask(signal)).rejects.toThrow('run /nonexistent for a token: it cannot be started (ENOENT)');
});

it('ends a program that takes too long', async () => {
  await expect(ask('sleep 600', 50)).rejects.toThrow('it did not end within 0.05 s');
});

/** A named pipe, to tell by whether a process is there: opening one end waits for the other. */
async function makePipe() {
  const directory = await mkdtemp(join(tmpdir(), 'command-'));
  const path = join(directory, 'pipe');
  await promisify(execFile)('mkfifo', [path]);
  return { path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

it('ends what a program has started along with it', async () => {
  await using pipe = await makePipe();
  const stop = new AbortController();
  const ended = expect(ask(`sleep 600 >${pipe.path} & wait`, 600_000, stop.signal)).rejects.toThrow('it was stopped');
  await using started = await open(pipe.path);
  stop.abort();
  await ended;
  // Comes to an end once nobody can write any more.
  expect(await started.readFile('utf8')).toBe('');
});

it('does not wait for what has left the program that it ends', async () => {
  await using pipe = await makePipe();
  const stop = new AbortController();
  const ended = expect(ask(`setsid cat ${pipe.path} & wait`, 600_000, stop.signal)).rejects.toThrow('it was stopped');
  await using _left = await open(pipe.path, 'w');
  stop.abort();
  await ended;
});

it('takes what is printed by a program that ends well and leaves another behind', async () => {
  await using pipe = await makePipe();
  const issued = ask(`setsid cat ${pipe.path} & echo the-token`);
  await using _left = await open(pipe.path, 'w');
  expect((await issued).secret.reveal()).toBe('the-token');
});

it('ends a program when nobody wants its token any more', async () => {
  const identity = new Identity(commandSource({ kind: 'pat', argv: ['sleep', '600'], deadlineMs: 600_000 }), {
    now: () => 0,
  });
  const token = identity.token();
  identity[Symbol.dispose]();
  await expect(token).rejects.toThrow('it was stopped');
});
