import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agenda } from './agenda.js';

test('deeds happen by their time, and those of one moment as they were noted', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), times => {
      const agenda = new Agenda(0);
      const done: (readonly [number, number])[] = [];
      for (const [index, time] of times.entries()) agenda.at(time, () => done.push([agenda.now, index]));
      while (agenda.next()) expect(done).not.toEqual([]);
      const wanted = times.map((time, index) => [time, index] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(done).toEqual(wanted);
    }),
  );
});

test('what is noted while a deed happens has its turn, and nothing happens in the past', () => {
  const agenda = new Agenda(100);
  const done: string[] = [];
  agenda.in(10, () => {
    agenda.at(0, () => done.push(`late at ${agenda.now}`));
    agenda.in(5, () => done.push(`then at ${agenda.now}`));
  });
  agenda.at(112, () => done.push(`between at ${agenda.now}`));
  while (agenda.next()) expect(agenda.now).toBeGreaterThanOrEqual(110);
  expect(done).toEqual(['late at 110', 'between at 112', 'then at 115']);
  expect(agenda.next()).toBe(false);
});
