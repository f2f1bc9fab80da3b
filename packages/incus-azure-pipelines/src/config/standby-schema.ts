/** The key `standby`: a number, or a list of numbers by the hour. */

import * as z from 'zod';
import { DAYS } from '../model/standby.js';
import { DEFAULTS } from './defaults.js';
import { count, expecting, key, text } from './kinds.js';

const day = expecting(z.enum(DAYS), { kind: 'choice', expects: `one of ${DAYS.join(', ')}`, example: 'mon' });

const entry = expecting(
  z.strictObject({
    days: key(
      expecting(z.array(day).min(1), {
        kind: 'list',
        expects: `a list of days: ${DAYS.join(', ')}`,
        example: '[mon, tue, wed, thu, fri]',
      }),
      'Days on which these hours begin; every day when left out.',
    ),
    from: key(
      text('a time of day as HH:MM', '"07:00"', /^(?:[01]\d|2[0-3]):[0-5]\d$/),
      'When they begin, by the wall clock of timezone.',
      DEFAULTS.standbyFrom,
    ),
    to: key(
      text('a time of day as HH:MM, at most 24:00', '"19:00"', /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/),
      'When they end; where that is not later than from, on the next day.',
      DEFAULTS.standbyTo,
    ),
    timezone: key(
      text('the name of a time zone', 'Europe/Berlin'),
      'Time zone of these hours, by its name in the tz database.',
      DEFAULTS.standbyTimezone,
    ),
    standby: key(count(0, 1000, 1), 'Idle agents kept ready in these hours.'),
  }),
  { kind: 'map', expects: 'a map with days, from, to, timezone and standby', example: '{standby: 1}' },
);

/** The value of `standby`. */
export const standby = expecting(z.union([z.int().min(0).max(1000), z.array(entry).min(1)]), {
  kind: 'number',
  expects: 'a whole number from 0 to 1000, or a list of hours with their standby',
  example: '1',
});

/** One entry of the list as it was written. */
export type StandbyEntry = z.output<typeof entry>;
