import type { Paint } from './paint.js';
import type { View } from './view.js';

/** Where the person sees what happens. Texts may come from guests; a display makes them harmless. */
export interface Display extends Disposable {
  readonly paint: Paint;
  /** Width of what is written, in characters. */
  readonly columns: number;
  /** Says that something longer begins; what came before has finished. */
  begin(title: string): void;
  /** Says how far that is. */
  detail(text: string): void;
  /** Says that it is done, with a word on how. */
  finish(result?: string): void;
  /** Says that it was broken off. */
  fail(): void;
  /** One change of an agent or a job, where the view does not show it. */
  change(text: string): void;
  /** Something that stays to be read. */
  say(text: string): void;
  /** From now on agents and jobs are there to be shown; undefined: no more. */
  watch(view: (() => View) | undefined): void;
}
