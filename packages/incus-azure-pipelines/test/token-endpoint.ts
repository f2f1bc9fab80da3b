import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What was posted to a token endpoint, or asked of a machine's. */
export interface TokenRequest {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly form: URLSearchParams;
}

export interface TokenEndpoint extends AsyncDisposable {
  readonly url: string;
  /** Questions for a token; those for what the authority is are left out. */
  readonly asked: readonly TokenRequest[];
}

export type TokenAnswer = (request: TokenRequest) => { readonly status?: number; readonly body: object };

/** A key, and a certificate for this machine's loopback address that is its own authority. */
export interface TestCertificate extends AsyncDisposable {
  readonly cert: string;
  readonly key: string;
  /** Both in one file. */
  readonly path: string;
}

export async function makeTestCertificate(): Promise<TestCertificate> {
  const directory = await mkdtemp(join(tmpdir(), 'certificate-'));
  const [keyPath, certPath, path] = [join(directory, 'key'), join(directory, 'cert'), join(directory, 'both')] as const;
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const files = ['-keyout', keyPath, '-out', certPath];
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject, ...files]);
  const [key, cert] = await Promise.all([readFile(keyPath, 'utf8'), readFile(certPath, 'utf8')]);
  await writeFile(path, `${cert}${key}`, { mode: 0o600 });
  return { cert, key, path, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

/** Stands in for Microsoft Entra. */
export async function startEntra(
  certificate: Pick<TestCertificate, 'cert' | 'key'>,
  answer: TokenAnswer,
): Promise<TokenEndpoint> {
  const asked: TokenRequest[] = [];
  const { cert, key } = certificate;
  const server = createHttpsServer({ cert, key }, (request, response) => {
    const host = `https://${request.headers.host}`;
    const tenant = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration/.exec(request.url ?? '')?.[1];
    if (tenant === undefined) return tell(asked, answer)(request, response);
    const base = `${host}/${tenant}`;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        issuer: `${base}/v2.0`,
        token_endpoint: `${base}/oauth2/v2.0/token`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
      }),
    );
  });
  return listening(server, 'https', asked);
}

/** Stands in for what a machine in Azure asks for the token of its identity. */
export async function startMachineEndpoint(answer: TokenAnswer): Promise<TokenEndpoint> {
  const asked: TokenRequest[] = [];
  return listening(createHttpServer(tell(asked, answer)), 'http', asked);
}

function tell(asked: TokenRequest[], answer: TokenAnswer): RequestListener {
  return (request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', chunk => {
      text += chunk;
    });
    request.on('end', () => {
      const question = { url: request.url ?? '', headers: request.headers, form: new URLSearchParams(text) };
      asked.push(question);
      const { body, status = 200 } = answer(question);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  };
}

async function listening(server: Server, scheme: string, asked: readonly TokenRequest[]): Promise<TokenEndpoint> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
