import { WebSocket } from 'ws';

export type Stdin = string | Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Sends input to a command, piece by piece as the socket takes it, then the end mark. Returns early, without an error,
 * when the command no longer reads. An input that fails is the caller's error and is thrown.
 */
export async function feedStdin(socket: WebSocket, stdin: Stdin | undefined, ended: AbortSignal): Promise<void> {
  if (stdin !== undefined && !(typeof stdin === 'string' || stdin instanceof Uint8Array)) {
    await feedPieces(socket, stdin, ended);
  } else if (stdin !== undefined && stdin.length > 0) {
    await send(socket, Buffer.from(stdin));
  }
  // An empty text frame is the end mark; closing alone would be taken for a lost client.
  await send(socket, '');
}

async function feedPieces(socket: WebSocket, pieces: AsyncIterable<Uint8Array>, ended: AbortSignal): Promise<void> {
  const iterator = pieces[Symbol.asyncIterator]();
  const stopped = new Promise<undefined>(resolve => {
    if (ended.aborted) resolve(undefined);
    ended.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), stopped]);
    if (next?.done) return;
    if (next === undefined || !(await send(socket, next.value))) {
      // Not awaited: an iterator that is waiting for its source answers only when that moves.
      iterator.return?.().catch(() => undefined);
      return;
    }
  }
}

function send(socket: WebSocket, content: string | Uint8Array): Promise<boolean> {
  if (socket.readyState !== WebSocket.OPEN) return Promise.resolve(false);
  return new Promise(resolve => {
    socket.send(content, { binary: typeof content !== 'string' }, error => resolve(!error));
  });
}
