import emulated from './emulated.json' with { type: 'json' };
import type { Recording } from './exchange.js';

/** The conversation as the emulator has had it; a test shows that it still answers so. */
export const EMULATED = emulated as Recording;
