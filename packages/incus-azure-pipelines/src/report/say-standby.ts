import { lasting } from '../lib/times.js';
import type { HoursStatus } from './status-document.js';

/** A standby that follows the clock, as it is at `now` (epoch ms), and for how long. */
export function sayStandby({ during, standby, until }: HoursStatus, now: number): string {
  return `${standby} (${during})${until === undefined ? '' : `, for ${lasting(until - now)} more`}`;
}
