/** A base may build and yet be of no use: its copies are never prepared, or their agents never online; or they end before it. */
export type BaseFault = 'never prepared' | 'never online' | 'ends in boot' | 'ends at once';

/** What is wrong with the bases of no use, by the end of their names. */
export const BASE_FAULTS: Readonly<Record<string, BaseFault>> = {
  '-4': 'never prepared',
  '-5': 'never online',
  '-6': 'ends in boot',
  '-7': 'ends at once',
};
