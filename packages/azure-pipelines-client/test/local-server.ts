import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string goes out as it is; anything else as JSON. */
  readonly body?: unknown;
  /** Ends the connection before the answer, or in the middle of its body; or never answers. */
  readonly fault?: 'cut' | 'cut in the body' | 'hang';
}

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface LocalServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** Resolves when the next request is in. */
  arrival(): Promise<void>;
}

/** Serves the answers in turn on a port of its own, the last one again and again, and remembers what was asked. */
export async function serve(...answers: readonly ScriptedAnswer[]): Promise<LocalServer> {
  const seen: SeenRequest[] = [];
  const arrivals: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const { method = '', url = '', headers } = request;
      seen.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) });
      for (const arrive of arrivals.splice(0)) arrive();
      play(response, answers[Math.min(seen.length, answers.length) - 1] ?? {});
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/collection`,
    seen,
    arrival: () => new Promise(resolve => arrivals.push(resolve)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function play(response: ServerResponse, answer: ScriptedAnswer): void {
  const { status = 200, headers = {}, body = '', fault } = answer;
  if (fault === 'hang') return;
  if (fault === 'cut') return void response.destroy();
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? {} : { 'content-type': 'application/json; charset=utf-8' };
  if (fault === 'cut in the body') {
    response.writeHead(status, { ...type, ...headers, 'content-length': text.length + 100 });
    response.write(text, () => response.destroy());
    return;
  }
  response.writeHead(status, { ...type, ...headers });
  response.end(text);
}
