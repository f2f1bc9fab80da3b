import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { makeScenarioDirectory } from './scenario-directory.js';

/** Where processes wait for a thing that another one is still making. */
export interface Gate extends AsyncDisposable {
  /** What `passGate` is called with. */
  readonly path: string;
}

interface Behind {
  readonly made?: unknown;
  readonly failure?: string;
}

/** Makes a gate: whoever comes to it is told what was made, as JSON, as soon as there is something to tell. */
export async function makeGate(making: Promise<unknown>): Promise<Gate> {
  const told: Promise<Behind> = making.then(
    made => ({ made }),
    (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
  );
  const directory = await makeScenarioDirectory();
  const path = join(directory, 'gate.sock');
  const server = createServer(socket => {
    // Whoever waited may have ended meanwhile.
    socket.on('error', () => undefined);
    void told.then(behind => socket.end(JSON.stringify(behind)));
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Waits at a gate, and returns what was made.
 *
 * @throws Error with the message of what failed in making it, or when the process that makes it has ended.
 */
export async function passGate(path: string): Promise<unknown> {
  const socket = connect(path);
  const answer = await text(socket);
  if (answer === '') throw new Error('wait for what another process makes: it has ended');
  const { made, failure } = JSON.parse(answer) as Behind;
  if (failure !== undefined) throw new Error(failure);
  return made;
}
