import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ONE_POOL, useConfigFolder } from '../../test/config-folder.js';
import type { DiagnosisParts } from '../doctor/diagnose.js';
import { type Finding, green, grey } from '../doctor/finding.js';
import { doctor, formatFinding } from './doctor.js';

const folder = useConfigFolder();

test('a finding begins a line, its remedy another, and no text in them does, nor is obeyed by a terminal', () => {
  const finding = {
    check: 'guest-server',
    colour: 'red',
    says: 'no\u001b[2J\nanswer',
    remedy: 'see\u0007 it',
  } as const;
  expect(formatFinding(finding, false)).toBe(
    `red     guest-server       no\\u001b[2J\n${' '.repeat(27)}answer\n${' '.repeat(27)}-> see\\u0007 it\n`,
  );
  expect(formatFinding(finding, true)).toContain('\u001b[31mred   \u001b[0m');
});

test('a configuration that is wrong is told as it is by check, and nothing else is looked at', async () => {
  const config = await folder.write('config.yaml', 'projectName: ci\nagentCout: 2\nmaxCores: 4096\n');
  const written: string[] = [];
  const output = { write: (text: string) => void written.push(text), complain: () => {} };
  expect(await doctor({ config, json: true }, output)).toBe(2);
  const { findings, whole } = JSON.parse(written.join(''));
  expect(whole).toBe(true);
  expect(new Set(findings.map(({ check }: { check: string }) => check))).toEqual(new Set(['configuration']));
  expect(written.join('')).toContain('agentCout');
  const warned = findings.filter(({ says }: { says: string }) => says.includes(' warning: '));
  expect(new Set(warned.map(({ colour }: { colour: string }) => colour))).toEqual(new Set(['yellow']));
  for (const { remedy, says } of findings) expect(says).not.toContain(remedy);
  expect(await doctor({ config }, output)).toBe(2);
  expect(written.at(-1)).toMatch(/^\n0 green, 1 yellow, \d+ red, 0 not looked at\.\n$/);
});

test('what was found before something unforeseen is told all the same, as not the whole', async () => {
  await folder.write('token', 'secret');
  const config = await folder.write('config.yaml', ONE_POOL);
  const written: string[] = [];
  const output = { write: (text: string) => void written.push(text), complain: () => {} };
  async function* failing() {
    yield green('incus-reachable', 'Incus answers');
    throw new Error('out of memory');
  }
  await expect(doctor({ config, json: true }, output, failing)).rejects.toThrow('out of memory');
  const { findings, whole } = JSON.parse(written.join(''));
  expect([whole, findings.at(-1).check]).toEqual([false, 'incus-reachable']);
});

test('proofs are tried when they are asked for, and their report is written and named', async () => {
  await folder.write('token', 'secret');
  const config = await folder.write('config.yaml', ONE_POOL);
  const report = folder.path('report.md');
  const written: string[] = [];
  const output = { write: (text: string) => void written.push(text), complain: () => {} };
  async function* proving({ prover }: DiagnosisParts) {
    prover?.onProof({ kind: 'docker', from: 'base a', pools: ['agents'], trials: [] });
    yield green('proof-docker', 'all hold');
  }
  expect(await doctor({ config, report, json: true }, output, proving)).toBe(0);
  expect(JSON.parse(written.join(''))).toMatchObject({ whole: true, report, proofs: [{ kind: 'docker' }] });
  expect(await readFile(report, 'utf8')).toContain('| Docker | base a |');
  expect(await doctor({ config, report }, output, proving)).toBe(0);
  expect(written.at(-1)).toBe(`The report is in ${report}\n`);
  let prover: unknown = 'unseen';
  async function* plain(parts: DiagnosisParts) {
    prover = parts.prover;
    yield green('incus-reachable', 'Incus answers');
  }
  await doctor({ config }, output, plain);
  expect(prover).toBeUndefined();
});

test('where no proof was reached there is no report, and that is told', async () => {
  await folder.write('token', 'secret');
  const config = await folder.write('config.yaml', ONE_POOL);
  const report = folder.path('unreached.md');
  const written: string[] = [];
  const output = { write: (text: string) => void written.push(text), complain: () => {} };
  async function* unreached() {
    yield grey('proofs', 'there is nothing to make guests from');
  }
  expect(await doctor({ config, report }, output, unreached)).toBe(0);
  expect(written.at(-1)).toBe('No report was written\n');
  await expect(readFile(report, 'utf8')).rejects.toThrow('ENOENT');
});

test('a report that cannot be written is told before anything is looked at', async () => {
  const config = await folder.write('config.yaml', ONE_POOL);
  const report = folder.path('none/report.md');
  const output = { write: () => {}, complain: () => {} };
  async function* never(): AsyncGenerator<Finding> {
    yield await Promise.reject<Finding>(new Error('something was looked at'));
  }
  await expect(doctor({ config, report }, output, never)).rejects.toThrow(
    /^cannot write the report to .*none.report\.md: .*--report FILE$/,
  );
  await expect(doctor({ config, report: folder.path('') }, output, never)).rejects.toThrow('it is a directory');
});
