/** The way to a server: straight, or through the proxy of the agent's files, as the real agent goes. */

import { existsSync, readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { agentRootDirectory } from './process-environment.js';

/** What the system trusts, in the one file of its kind that most distributions have. */
const trusted = '/etc/ssl/certs/ca-certificates.crt';

type Options = Omit<RequestOptions, 'headers'> & { readonly headers: Record<string, string> };

/** Begins a request that goes through the proxy where one leads to the URL. Rejects where the proxy opens no way. */
export async function beginRequest(
  url: URL,
  options: Options,
  onAnswer: (answer: IncomingMessage) => void,
): Promise<ClientRequest> {
  const proxy = proxyFor(url);
  if (url.protocol === 'http:')
    return proxy === undefined ? request(url, options, onAnswer) : request(absolute(url, proxy, options), onAnswer);
  // TLS is loaded only where it is used: it would cost every start some milliseconds.
  const [https, tls] = [await import('node:https'), await import('node:tls')];
  const ca = existsSync(trusted) ? { ca: readFileSync(trusted) } : {};
  if (proxy === undefined) return https.request(url, { ...options, ...ca }, onAnswer);
  const socket = await tunnel(url, proxy, options.signal);
  const createConnection = () => tls.connect({ socket, servername: url.hostname, ...ca });
  return https.request(url, { ...options, createConnection }, onAnswer);
}

/** A proxy is asked for whole URLs. */
function absolute(url: URL, proxy: URL, { headers, ...options }: Options): RequestOptions {
  return { ...options, ...addressOf(proxy), path: url.href, headers: { ...headers, host: url.host, ...signIn() } };
}

async function tunnel(url: URL, proxy: URL, signal: AbortSignal | undefined): Promise<Socket> {
  const path = `${url.hostname}:${url.port || '443'}`;
  const options = { ...addressOf(proxy), method: 'CONNECT', path, headers: { host: path, ...signIn() } };
  return await new Promise<Socket>((resolve, reject) => {
    const asked = request({ ...options, agent: false, ...(signal === undefined ? {} : { signal }) });
    asked.on('error', reject).on('connect', (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} opens no way to ${path}: ${answer.statusCode}`));
    });
    asked.end();
  });
}

function addressOf(proxy: URL) {
  return { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: proxy.port || '80' };
}

function signIn(): Readonly<Record<string, string>> {
  const { VSTS_HTTP_PROXY_USERNAME: user = '', VSTS_HTTP_PROXY_PASSWORD: password = '' } = process.env;
  if (user === '' || password === '') return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** By `.proxy`, or else `VSTS_HTTP_PROXY`; each line of `.proxybypass` is a pattern, looked for in `scheme://host[:port]`. */
function proxyFor(url: URL): URL | undefined {
  const address = linesOf('.proxy')[0] ?? process.env.VSTS_HTTP_PROXY ?? '';
  const isLoopback = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (!URL.canParse(address) || isLoopback) return undefined;
  return linesOf('.proxybypass').some(pattern => new RegExp(pattern, 'i').test(url.origin))
    ? undefined
    : new URL(address);
}

function linesOf(name: string): readonly string[] {
  const path = join(agentRootDirectory(), name);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap(line => line.trim() || []);
}
