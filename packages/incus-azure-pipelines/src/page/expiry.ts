import { type Note, note } from './note.js';
import { count, day, daysUntil } from './words.js';

/** What is farther away (days) is no news; what is nearer is trouble. */
const NEWS_DAYS = 30;
const TROUBLE_DAYS = 7;

/** That a token has expired, or does so soon; undefined where it does not, or nobody knows. `today` is an instant of the reader's day. Pure. */
export function expiryNote(expiresAt: number | undefined, today: number): Note | undefined {
  if (expiresAt === undefined) return undefined;
  const days = daysUntil(expiresAt, today);
  if (days >= NEWS_DAYS) return undefined;
  return note(
    days < TROUBLE_DAYS ? 'trouble' : 'waits',
    'expiry',
    `${ending(days, day(expiresAt, today))}, as the configuration says`,
  );
}

function ending(days: number, when: string): string {
  if (days < 0) return `the token has expired: ${when}`;
  return days === 0 ? 'the token expires today' : `the token expires in ${count(days, 'day')}: ${when}`;
}

/** For how many days more a token is good, where that is known and no news. Pure. */
export function tokenWords(expiresAt: number | undefined, today: number): string | undefined {
  const days = expiresAt === undefined ? -1 : daysUntil(expiresAt, today);
  return days < NEWS_DAYS ? undefined : `expires in ${count(days, 'day')}`;
}
