/** Which of the URLs that a server gives about itself a client follows. */

/**
 * Returns the URL that goes into `.agent`: the server's own when it is of the configured scheme, host and port; else the
 * configured origin with the path of the server's; the configured one when the server says nothing.
 */
export function settledServerUrl(configured: string, published: string | undefined): string {
  if (published === undefined || published === '') return configured;
  if (new URL(published).origin === new URL(configured).origin) return published;
  return withOriginOf(published, configured);
}

/** Returns the URL with the scheme, host and port of another. */
export function withOriginOf(url: string, origin: string): string {
  const moved = new URL(url);
  return `${new URL(origin).origin}${moved.pathname}${moved.search}`;
}
