/** The proxies through which servers are reached, as the configuration names them; the password is no part of it. */
export interface ProxySpec {
  /** Proxy of http URLs, with its port; undefined where they go straight. */
  readonly http: string | undefined;
  /** Proxy of https URLs, with its port; undefined where they go straight. */
  readonly https: string | undefined;
  /** Names, with all below them, addresses and subnets that are reached without. */
  readonly noProxy: readonly string[];
  /** Who signs in at the proxies; undefined where nobody does. */
  readonly user: string | undefined;
}
