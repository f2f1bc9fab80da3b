import { expect, test } from 'vitest';
import type { Death } from '../report/death.js';
import { formatJson } from './format-json.js';
import { formatDeath, formatDeaths } from './logs.js';

const death: Death = {
  name: 'ci-abc123-mwtxpuqj',
  pool: 'linux',
  base: undefined,
  why: 'its job is done',
  job: 'innocent\nci-forged\u009b31m',
  result: 'succeeded',
  waitedMs: undefined,
  requestId: 7,
  goneAt: 0,
  phases: [],
  memoryKills: 0,
  lastLines: 'one\ntwo\u001b[2J',
};

test('the name of a job forges no line, and its control characters are shown', () => {
  for (const shown of [formatDeaths([death]), formatDeath(death)]) {
    expect(shown).toContain('innocent\\u000aci-forged\\u009b31m');
    expect(shown).not.toMatch(/^ci-forged/m);
  }
  expect(formatDeath(death)).toContain('\none\ntwo\\u001b[2J\n');
});

test('neither does its result, which comes from Azure', () => {
  const told = { ...death, result: 'failed\u001b]52;c;eA==\u0007\nci-forged' };
  for (const shown of [formatDeaths([told]), formatDeath(told)]) {
    expect(shown).toContain('failed\\u001b]52;c;eA==\\u0007\\u000aci-forged');
    expect(shown).not.toMatch(/^ci-forged/m);
  }
});

test('on a terminal that is too narrow the reason stands below, and nothing of it is lost', () => {
  const why = 'vanished while it held a job: powered off or killed from within, deleted by somebody, or with its host';
  const told = { ...death, why, job: 'build' };
  expect(formatDeaths([told], 200)).toBe(formatDeaths([told]));
  expect(formatDeaths([told], 80).split('\n')).toEqual([
    'AGENT               POOL   GONE                      JOB    RESULT',
    'ci-abc123-mwtxpuqj  linux  1970-01-01T00:00:00.000Z  build  succeeded',
    `  ${why}`,
    '',
  ]);
});

test('JSON for programs holds the same texts, in characters that no terminal obeys', () => {
  const text = formatJson([death]);
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  expect(JSON.parse(text)[0].job).toBe(death.job);
});
