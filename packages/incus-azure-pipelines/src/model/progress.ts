/** What a long action tells while it runs. All text may come from a guest. */
export type Progress =
  /** A step of several begins: `step` of `of`, the first is 1. */
  | { readonly kind: 'step'; readonly text: string; readonly step: number; readonly of: number }
  /** How far the step is, from 0 to 1. */
  | { readonly kind: 'part'; readonly text: string; readonly done: number }
  /** Something happens in the step, or is printed by what it runs. */
  | { readonly kind: 'line'; readonly text: string };

export type OnProgress = (progress: Progress) => void;
