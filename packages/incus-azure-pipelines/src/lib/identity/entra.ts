/** Tokens of Microsoft Entra, for a service principal, a managed identity, or a workload that is known elsewhere. */

import { childSignal } from '../child-signal.js';
import { type Clock, systemClock } from '../clock.js';
import { Secret } from '../secret.js';
import { WayOut } from '../way-out.js';
import type { EntraOptions, EntraUser } from './entra-user.js';
import { foreignWords } from './foreign-words.js';
import type { IssuedToken, TokenSource } from './identity.js';

/** Azure DevOps, as Entra knows it. */
const SCOPE = '499b84ac-1321-427f-aa17-267ca6975798/.default';
/** Less than the call has that waits for the token, which would end first and know less. */
const DEADLINE_MS = 20_000;
const PUBLIC_CLOUD = 'https://login.microsoftonline.com';

const REMEDIES: Readonly<Record<EntraUser['kind'], string>> = {
  secret: 'see that tenantId, clientId and secret belong together, and that the secret has not expired',
  certificate: 'see that tenantId, clientId and certificate belong together, and that the certificate has not expired',
  managed: 'see that this machine has a managed identity, in Azure or by Azure Arc',
  federated: 'see that tenantId and clientId are of an application that trusts who has issued the token in tokenFile',
};

/** Tokens for a user of Entra. The library that asks for them is loaded at the first one. */
export function entraSource(user: EntraUser, options: EntraOptions = {}): TokenSource {
  return {
    kind: 'bearer',
    isKept: true,
    async ask(signal) {
      const secret = user.kind === 'managed' ? '' : (await user.secret()).reveal();
      const answer = await signIn(user, secret, options, signal).catch((error: unknown) => ({ error }));
      if (!('error' in answer)) return answer;
      const { error } = answer;
      if (error instanceof Silence) throw new Error(`ask Microsoft Entra for a token: ${silence(user, options)}`);
      const why = foreignWords(plain(error instanceof Error ? error.message : String(error)), [secret]);
      // Without its cause, which may hold the request, and with it the secret.
      throw new Error(
        `ask Microsoft Entra for a token: ${why}; ${error instanceof Unsent ? UNSENT : REMEDIES[user.kind]}`,
      );
    },
  };
}

/** What the library has around what was said is left out, and so is what tells one refusal from another. */
function plain(text: string): string {
  return text
    .replace(/^.*? - Description: /s, '')
    .replace(/\.? (?:- Correlation ID|Trace ID|Message: network_error): .*$/s, '');
}

/** Nobody has answered, so that nothing is known of who signs in. */
class Silence extends Error {}

function silence({ kind }: EntraUser, { wayOut, ...options }: EntraOptions): string {
  const none = `no answer within ${DEADLINE_MS / 1000} s`;
  if (kind === 'managed') return `${none} from the endpoint of this machine; ${REMEDIES.managed}`;
  const authority = authorityIn(options) ?? PUBLIC_CLOUD;
  const proxy = wayOut?.proxyTo(authority);
  return proxy === undefined
    ? `${none} from ${authority}; see that a firewall lets this host through to it, or name the proxy that leads there under proxy`
    : `${none} from ${authority} through the proxy ${proxy}; see that the proxy answers this host, and that it reaches Entra`;
}

function authorityIn({ authorityHost }: EntraOptions): string | undefined {
  return authorityHost ?? process.env.AZURE_AUTHORITY_HOST;
}

const UNSENT = 'see that proxy and caCertificates say how Entra is reached';

/** What keeps a request from getting there is no matter of who signs in. */
class Unsent extends Error {
  constructor(cause: unknown) {
    const inner = cause instanceof Error ? (cause.cause ?? cause) : cause;
    // Where a name has more than one address, all that there is in words is what became of each.
    const [first = inner] = inner instanceof AggregateError ? inner.errors : [];
    super(first instanceof Error ? first.message : String(first));
  }
}

async function signIn(user: EntraUser, secret: string, options: EntraOptions, stop: AbortSignal): Promise<IssuedToken> {
  const { entraCredential } = await import('./entra-credential.js');
  const { clock = systemClock, wayOut = new WayOut() } = options;
  let unsent: unknown;
  // The library's own do not say why a request got nowhere. For a machine it keeps those of the first question, so they are its own.
  const dispatcher = user.kind === 'managed' ? undefined : wayOut.open();
  try {
    // Made anew each time, because it would give again what it has kept.
    const credential = entraCredential(user, secret, {
      authorityHost: authorityIn(options),
      dispatcher,
      onUnsent: error => {
        unsent = error;
      },
    });
    const { expiresOnTimestamp, token } = await inTime(
      abortSignal => credential.getToken(SCOPE, { abortSignal }),
      clock,
      stop,
    );
    return { secret: new Secret(token), expiresAt: expiresOnTimestamp };
  } catch (error) {
    throw unsent === undefined || error instanceof Silence ? error : new Unsent(unsent);
  } finally {
    await dispatcher?.destroy();
  }
}

/** The library heeds no signal where it asks the machine that it runs on. @throws Silence when nobody answers in time. */
async function inTime<T>(ask: (signal: AbortSignal) => Promise<T | null>, clock: Clock, stop: AbortSignal): Promise<T> {
  using asked = childSignal(stop);
  const late = clock.sleep(DEADLINE_MS, asked.signal).then(
    () => Promise.reject(new Silence()),
    () => Promise.reject(new Error('stopped')),
  );
  const answer = await Promise.race([ask(asked.signal), late]);
  if (answer === null) throw new Error('no token came');
  return answer;
}
