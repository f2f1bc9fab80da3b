/** Why an instance of ours is gone, as one of few words to count by, and what each means; a person reads the reason in words. */
export const ENDS = {
  'job-done': 'its job is done',
  drained: 'it was idle and retired',
  reaped: 'it was stuck, lost or half-made, and the daemon ended it',
  deleted: 'it was no agent yet, or its job ran into `maxJobDuration`, and the daemon ended it',
  'without-job': 'its agent ended, and Azure showed no job',
  'vanished-busy': 'it went by itself while it held a job, or when Azure had given that up',
  'vanished-early': 'it went by itself before it was an agent that was online',
  vanished: 'it went by itself at another time',
  'host-restart': 'it was not there any more when the host was up again',
  'no-daemon': 'it went while no daemon ran',
  'incus-away': 'it went while Incus could not be read',
} as const;

export type EndReason = keyof typeof ENDS;

export const END_REASONS = Object.keys(ENDS) as readonly EndReason[];

/** Why an instance ended: as a word to count by, and in words for a person. */
export interface End {
  readonly reason: EndReason;
  readonly words: string;
}
