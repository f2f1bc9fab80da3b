/** Why an instance of ours is gone, as one of few words to count by; a person reads the reason in words. */
export const END_REASONS = [
  /** Its job is done. */
  'job-done',
  /** It was idle and retired. */
  'drained',
  /** It was stuck, lost or half-made, and we ended it. */
  'reaped',
  /** It was no agent yet, or its job ran too long, and we ended it. */
  'deleted',
  /** Its agent ended, and Azure showed no job. */
  'without-job',
  /** It went by itself while it held a job. */
  'vanished-busy',
  /** It went by itself before it was an agent that was online. */
  'vanished-early',
  /** It went by itself at another time. */
  'vanished',
  'host-restart',
  /** It went while no daemon ran. */
  'no-daemon',
  /** It went while Incus could not be read. */
  'incus-away',
] as const;

export type EndReason = (typeof END_REASONS)[number];

/** Why an instance ended: as a word to count by, and in words for a person. */
export interface End {
  readonly reason: EndReason;
  readonly words: string;
}
