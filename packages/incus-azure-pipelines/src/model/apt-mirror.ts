/** Where a base gets the packages of its distribution from, in place of the sources that its image names. */
export interface AptMirror {
  readonly url: string;
  /** The archive of its security updates, where they are apart. */
  readonly securityUrl: string | undefined;
  /** Undefined for those that the distribution's own sources have. */
  readonly suites: readonly string[] | undefined;
  readonly components: readonly string[] | undefined;
  /** Text of the public key that the mirror is signed with; undefined for the distribution's own. */
  readonly key: string | undefined;
}
