import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** Where a server listens. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Has the connections of a server that listens answered, until this is disposed of, which ends them. */
export function answerWith(listening: Server, answer: (socket: Socket) => void): AsyncDisposable {
  const open = new Set<Socket>();
  listening.on('connection', socket => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    answer(socket);
  });
  return {
    async [Symbol.asyncDispose]() {
      listening.close();
      for (const socket of open) socket.destroy();
      await once(listening, 'close');
    },
  };
}

/** Passes them on to another server, as it is found when each comes. */
export function relay(listening: Server, to: () => Place): AsyncDisposable {
  return answerWith(listening, near => void pipeline(near, connect(to()), near, () => {}));
}
