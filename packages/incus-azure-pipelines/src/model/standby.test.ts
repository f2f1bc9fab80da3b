import { describe, expect, test } from 'vitest';
import { scales } from './pool.js';
import { DAYS, type Day, inForce, type StandbyHours, standbyAt } from './standby.js';

const WORKDAYS: readonly Day[] = DAYS.slice(0, 5);

function hours(from: string, to: string, given: Partial<StandbyHours> = {}): StandbyHours {
  const minutes = (written: string) => Number(written.slice(0, 2)) * 60 + Number(written.slice(3));
  return {
    standby: 6,
    days: WORKDAYS,
    fromMinute: minutes(from),
    toMinute: minutes(to),
    timezone: 'Europe/Berlin',
    ...given,
  };
}

/** The standby at a time, and when it changes, as text. */
function at(time: string, standbyHours: readonly StandbyHours[]) {
  const { standby, until } = standbyAt({ standby: 1, standbyHours }, Date.parse(time));
  return [standby, until === undefined ? 'never' : new Date(until).toISOString().slice(0, 16)];
}

describe('hours', () => {
  test.each([
    ['on a day before they begin', '2030-01-07T05:59:59.999Z', [1, '2030-01-07T06:00']],
    ['when they begin', '2030-01-07T06:00:00Z', [6, '2030-01-07T18:00']],
    ['in the middle of a minute', '2030-01-07T17:59:30.500Z', [6, '2030-01-07T18:00']],
    ['when they end', '2030-01-07T18:00:00Z', [1, '2030-01-08T06:00']],
    ['over a weekend', '2030-01-11T18:00:00Z', [1, '2030-01-14T06:00']],
    ['in summer', '2030-07-01T04:59:00Z', [1, '2030-07-01T05:00']],
  ])('are those of their zone: %s', (_, time, expected) => {
    expect(at(time, [hours('07:00', '19:00')])).toEqual(expected);
  });

  test.each([
    ['in the evening of their day', '2030-01-11T21:00:00Z', [6, '2030-01-12T05:00']],
    ['in the morning after it, that being no day of theirs', '2030-01-12T04:59:00Z', [6, '2030-01-12T05:00']],
    ['in the evening of a day that is not theirs', '2030-01-12T21:00:00Z', [1, '2030-01-14T21:00']],
    ['in the morning of their first day', '2030-01-14T04:00:00Z', [1, '2030-01-14T21:00']],
  ])('go on over midnight: %s', (_, time, expected) => {
    expect(at(time, [hours('22:00', '06:00')])).toEqual(expected);
  });

  test('of whole days follow each other without a break', () => {
    const week = [hours('00:00', '24:00')];
    expect(at('2030-01-07T12:00:00Z', week)).toEqual([6, '2030-01-11T23:00']);
    expect(at('2030-01-12T12:00:00Z', week)).toEqual([1, '2030-01-13T23:00']);
  });

  test('that come first count where several are in force', () => {
    const all = [hours('12:00', '13:00', { standby: 2 }), hours('07:00', '19:00')];
    expect(at('2030-01-07T10:00:00Z', all)).toEqual([6, '2030-01-07T11:00']);
    expect(at('2030-01-07T11:00:00Z', all)).toEqual([2, '2030-01-07T12:00']);
  });

  test('may be of zones that are not whole hours apart', () => {
    expect(at('2030-01-07T03:14:00Z', [hours('09:00', '10:00', { timezone: 'Asia/Kathmandu' })])).toEqual([
      1,
      '2030-01-07T03:15',
    ]);
  });

  test('that are always in force never change', () => {
    expect(at('2030-01-07T03:14:00Z', [hours('00:00', '24:00', { days: DAYS })])).toEqual([6, 'never']);
  });
});

describe('where the clock is put', () => {
  const nights = [hours('01:30', '03:30', { days: DAYS })];
  const lost = [hours('02:15', '02:45', { days: DAYS })];

  test('on, hours are shorter', () => {
    expect(at('2030-03-31T00:29:00Z', nights)).toEqual([1, '2030-03-31T00:30']);
    expect(at('2030-03-31T00:30:00Z', nights)).toEqual([6, '2030-03-31T01:30']);
  });

  test('on over the only ones of a week, they are in force again a week later', () => {
    const sundays = [hours('02:15', '02:45', { days: ['sun'] })];
    expect(at('2030-03-24T02:00:00Z', sundays)).toEqual([1, 'never']);
    expect(at('2030-04-07T00:15:00Z', sundays)).toEqual([6, '2030-04-07T00:45']);
  });

  test('on over all of them, they are left out that day', () => {
    expect(at('2030-03-30T12:00:00Z', lost)).toEqual([1, '2030-04-01T00:15']);
  });

  test('on over their beginning, they begin with the first minute after it', () => {
    expect(at('2030-03-31T00:59:00Z', [hours('02:30', '05:00', { days: DAYS })])).toEqual([1, '2030-03-31T01:00']);
  });

  test('back, hours are longer, and those that lie in it come twice', () => {
    expect(at('2030-10-26T23:30:00Z', nights)).toEqual([6, '2030-10-27T02:30']);
    expect(at('2030-10-27T00:15:00Z', lost)).toEqual([6, '2030-10-27T00:45']);
    expect(at('2030-10-27T00:45:00Z', lost)).toEqual([1, '2030-10-27T01:15']);
  });
});

test.each([
  ['on', '2030-03-30', '2030-04-02'],
  ['back', '2030-10-26', '2030-10-29'],
])('nothing changes before it is said to, around the day on which the clock is put %s', (_, from, end) => {
  const all = [hours('22:10', '02:50'), hours('07:00', '19:00', { standby: 3 })];
  const look = (time: number) => standbyAt({ standby: 1, standbyHours: [...all] }, time);
  let said = look(Date.parse(from));
  for (let time = Date.parse(from); time < Date.parse(end); time += 600_000) {
    const found = look(time);
    if (time < (said.until ?? 0)) expect(found).toEqual(said);
    else {
      expect(found.standby).not.toBe(said.standby);
      said = found;
    }
  }
});

test('a pool without hours is the same at all times, and another has the standby of the hour', () => {
  const fixed = { standby: 4 };
  expect(inForce(fixed, 0)).toBe(fixed);
  expect(standbyAt(fixed, 0)).toEqual({ standby: 4, hours: undefined, until: undefined });
  const scheduled = { standby: 1, standbyHours: [hours('07:00', '19:00')] };
  expect(inForce(scheduled, Date.parse('2030-01-07T12:00:00Z'))).toMatchObject({ standby: 6 });
});

test('a pool scales in all hours, those too in which all its agents are to be ready', () => {
  const always = { days: DAYS, fromMinute: 0, toMinute: 1_440, timezone: 'UTC' };
  const full = inForce({ agentCount: 4, standby: 1, standbyHours: [{ ...always, standby: 4 }] }, Date.UTC(2030, 0, 1));
  expect(full.standby).toBe(4);
  expect(scales(full)).toBe(true);
});
