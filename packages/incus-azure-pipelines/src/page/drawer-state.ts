import { signal } from '@preact/signals';

/** The agent that the drawer shows; undefined while it is shut. */
export const opened = signal<string | undefined>(undefined);
