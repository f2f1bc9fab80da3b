/** Network failures in words that a person can act on. */

import { AzurePipelinesError } from './azure-pipelines-error.js';

const untrusted = 'name its authority in NODE_EXTRA_CA_CERTS, or under caCertificates in the configuration';

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'the name of the server does not resolve; check the URL and the DNS of this host'],
  ['EAI_AGAIN', 'the name of the server could not be looked up; check the DNS of this host'],
  ['ECONNREFUSED', 'nothing listens there; check host and port of the URL'],
  ['ECONNRESET', 'the connection was cut'],
  ['EPIPE', 'the connection was cut'],
  ['UND_ERR_SOCKET', 'the connection was cut'],
  ['ETIMEDOUT', 'the server does not answer; check the network, the firewall and the proxy'],
  ['UND_ERR_CONNECT_TIMEOUT', 'the server does not answer; check the network, the firewall and the proxy'],
  ['EHOSTUNREACH', 'there is no route to the server; check the network'],
  ['ENETUNREACH', 'there is no route to the server; check the network'],
  ['CERT_HAS_EXPIRED', 'the certificate of the server has expired; renew it, and check the clock of this host'],
  ['CERT_NOT_YET_VALID', 'the certificate of the server is not valid yet; check the clock of this host'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate of the server is for another name; use the name it is for'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', `the certificate of the server is not trusted; ${untrusted}`],
  ['SELF_SIGNED_CERT_IN_CHAIN', `the certificate of the server is not trusted; ${untrusted}`],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', `the certificate of the server is not trusted; ${untrusted}`],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', `the certificate of the server is not trusted; ${untrusted}`],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'the server does not speak TLS on this port; check scheme and port of the URL'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'the server does not speak TLS on this port; check scheme and port of the URL'],
  ['EPROTO', 'the server and this host do not agree on TLS; check scheme and port of the URL'],
]);

/** Makes the error of a call that brought no answer, or only a part of one. */
export function unreachable(attempt: string, url: string, cause: unknown): AzurePipelinesError {
  if (cause instanceof Error && cause.name === 'HTTPParserError') return notHttp(attempt, url, cause);
  const why =
    refusedByProxy(cause) ?? reasons.get(codeOf(cause)) ?? (cause instanceof Error ? cause.message : String(cause));
  return new AzurePipelinesError('unreachable', `${attempt} on ${url}: ${why}`, { cause });
}

/** A request that went to a proxy as it is, without a tunnel. Source: the wording of undici. */
function refusedByProxy(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !cause.message.startsWith('Proxy Authentication Required')) return undefined;
  return 'the proxy does not take its user and password (407); correct them under proxy in the configuration';
}

function notHttp(attempt: string, url: string, cause: Error): AzurePipelinesError {
  const why = 'what answers there is not HTTP; check scheme and port of the URL';
  // The parser's error carries the bytes that came; a port that echoes would put the token into every log.
  const bare = new Error(cause.message);
  return new AzurePipelinesError('unreachable', `${attempt} on ${url}: ${why}`, { cause: bare });
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // A name with several addresses fails with one error for each.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
