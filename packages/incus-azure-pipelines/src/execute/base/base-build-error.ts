/** The part of a build in which it failed. */
export type BaseBuildStage =
  | 'launch'
  | 'boot'
  | 'install'
  | 'agent'
  | 'provision'
  | 'docker'
  | 'contract'
  | 'clean'
  | 'stop';

/** A base that could not be built. Nothing of it is left; the same build may succeed later. */
export class BaseBuildError extends Error {
  override readonly name = 'BaseBuildError';
  readonly stage: BaseBuildStage;
  /** The last lines that the failed command printed; from inside the base, so data only. */
  readonly output: readonly string[];

  constructor(
    stage: BaseBuildStage,
    message: string,
    details: { readonly output?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    const output = details.output ?? [];
    super(output.length === 0 ? message : `${message}; its last lines:\n${output.join('\n')}`, {
      cause: details.cause,
    });
    this.stage = stage;
    this.output = output;
  }
}
