/** Which of the URLs that a server gives about itself an agent follows. */

/**
 * The URL that goes into `.agent`.
 *
 * | the server publishes                     | the agent uses                                  |
 * |------------------------------------------|-------------------------------------------------|
 * | nothing                                  | the configured URL                              |
 * | a URL of the configured origin           | that one, letter for letter                     |
 * | another origin, on premises              | the configured origin with that one's path      |
 * | another origin, hosted                   | the configured URL: the organisation is in the path of one form and in the host of the other |
 */
export function settledServerUrl(configured: string, published: unknown, hosted: boolean): string {
  if (typeof published !== 'string' || !URL.canParse(published)) return configured;
  if (new URL(published).origin === new URL(configured).origin) return published;
  return hosted ? configured : withOriginOf(published, configured);
}

/**
 * Where assertions are posted to: where the registration says, on premises with the origin by which the server is
 * reached from here. The audience of an assertion is not rewritten.
 */
export function tokenEndpoint(authorizationUrl: string, serverUrl: string, hosted: boolean): string {
  return hosted || !URL.canParse(authorizationUrl) ? authorizationUrl : withOriginOf(authorizationUrl, serverUrl);
}

function withOriginOf(url: string, origin: string): string {
  const { pathname, search } = new URL(url);
  return `${new URL(origin).origin}${pathname}${search}`;
}
