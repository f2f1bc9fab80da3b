import { expect, test } from 'vitest';
import { anAzure } from '../../test/doctor-facts.js';
import { AZURE_FAULTS, judgedAzure } from '../../test/doctor-faults/azure-faults.js';
import { wrongOf } from '../../test/doctor-faults/fault.js';
import { checkAzure } from './check-azure.js';

test('where all is well everything is green that this token is told, and the rest says where to look', () => {
  const others = judgedAzure().filter(({ colour }) => colour !== 'green');
  expect(others.map(({ check, colour, says }) => `${colour} ${check}: ${says}`)).toEqual([
    expect.stringMatching(/^grey pipelines: .*Project settings, Agent pools/),
  ]);
});

test('where this token is not told how many jobs may run at once, it says where to look', () => {
  const findings = judgedAzure({ parallelJobs: { known: false, error: '403 AccessDenied' } });
  expect(wrongOf(findings)).toEqual([]);
  expect(findings.find(({ check }) => check === 'parallel-jobs')).toMatchObject({
    colour: 'grey',
    says: expect.stringMatching(/403 AccessDenied.*Organization settings, Parallel jobs/),
  });
});

test('a placeholder that is there is green, and whether one is there before a daemon has begun is not known', () => {
  const name = 'placeholder_a1b2c3_0badcafe';
  const there = judgedAzure({ placeholders: { known: true, value: [{ name, pool: 'night', state: 'there' }] } });
  expect(there.at(-1)).toMatchObject({ check: 'placeholder', colour: 'green', says: expect.stringContaining(name) });
  const unbegun = judgedAzure({ placeholders: { known: false, error: 'no daemon has begun' } });
  expect(unbegun.at(-1)).toMatchObject({
    check: 'placeholder',
    colour: 'grey',
    says: expect.stringContaining('no daemon has begun'),
  });
});

test.each(AZURE_FAULTS)('finds that %s, alone', (_, finds, says) => {
  expect(wrongOf(finds)).toEqual(says.map(pattern => expect.stringMatching(pattern)));
});

test('without a base that was seen, none is said to be missing', () => {
  const says = checkAzure(anAzure(), []).find(({ check }) => check === 'agent-version')?.says;
  expect(says).toBe('the server offers agent 4.275.0; no base was seen to have it or not');
});

test('a server that updates agents does so for each agent of a base that is behind', () => {
  expect(wrongOf(judgedAzure({ newestAgent: { known: true, value: '4.280.0' } }))).toEqual([
    expect.stringMatching(/^yellow agent-version/),
    expect.stringMatching(/^yellow auto-update: .*each one of an older base loads another agent/),
  ]);
});
