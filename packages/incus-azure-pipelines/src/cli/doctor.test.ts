import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { doctor, formatFinding } from './doctor.js';

test('a finding is a line, its remedy another, and nothing in them is obeyed by a terminal', () => {
  const finding = {
    check: 'guest-server',
    colour: 'red',
    says: 'no\u001b[2J\nanswer',
    remedy: 'see\u0007 it',
  } as const;
  expect(formatFinding(finding, false)).toBe(
    `red     guest-server       no\\u001b[2J\\u000aanswer\n${' '.repeat(27)}-> see\\u0007 it\n`,
  );
  expect(formatFinding(finding, true)).toContain('\u001b[31mred   \u001b[0m');
});

test('a configuration that is wrong is told as it is by check, and nothing else is looked at', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'doctor-cli-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const config = join(directory, 'config.yaml');
  await writeFile(config, 'projectName: ci\nagentCout: 2\n', { mode: 0o600 });
  const written: string[] = [];
  const output = { write: (text: string) => void written.push(text), complain: () => {} };
  expect(await doctor({ config, json: true }, output)).toBe(2);
  const { findings, whole } = JSON.parse(written.join(''));
  expect(whole).toBe(true);
  expect(new Set(findings.map(({ check }: { check: string }) => check))).toEqual(new Set(['configuration']));
  expect(written.join('')).toContain('agentCout');
  expect(await doctor({ config }, output)).toBe(2);
  expect(written.at(-1)).toMatch(/^\n0 green, 0 yellow, \d+ red, 0 not looked at\.\n$/);
});
