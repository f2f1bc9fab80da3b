import { expect, test } from 'vitest';
import { findingsOf } from './judge-proof.js';
import { OPEN_POINTS } from './open-risks.js';
import type { Proof, Trial } from './proof.js';
import { reportOf } from './report.js';

const trial = (fact: string, outcome: Trial['outcome'], more: Partial<Trial> = {}): Trial => ({
  fact,
  tried: 'sh',
  came: 'it came',
  outcome,
  ...more,
});
const proof = (...trials: readonly Trial[]): Proof => ({
  kind: 'isolation',
  from: 'base iap-base-a1',
  pools: ['linux', 'arm'],
  trials,
});
const place = {
  host: 'Debian 13',
  kernel: '6.12',
  incus: '6.0.4',
  containers: 'lxc 6',
  storage: 'btrfs',
  firewall: 'nftables',
  network: 'b',
};

test('a proof in which all holds is green, and what could not be tried is grey beside it', () => {
  const found = findingsOf(proof(trial('a', 'passed'), trial('b', 'untried', { came: 'no perl' })));
  expect(found).toEqual([
    { check: 'proof-isolation', colour: 'green', says: '1 of 1 hold for guests from base iap-base-a1' },
    { check: 'proof-isolation', colour: 'grey', says: '1 not tried: no perl' },
  ]);
});

test('one that fails makes it red, names the first ones, and says what to do', () => {
  const failed = ['a', 'b', 'c', 'd', 'd'].map(fact => trial(fact, 'failed', { remedy: 'call "setup"' }));
  const [red, ...rest] = findingsOf(proof(trial('x', 'passed'), ...failed));
  expect(red).toEqual({
    check: 'proof-isolation',
    colour: 'red',
    says: '1 of 6 hold for guests from base iap-base-a1; these do not: a; b; c; and 1 more',
    remedy: 'call "setup"',
  });
  expect(rest).toEqual([]);
});

test('what is known to be open is yellow', () => {
  const found = findingsOf(proof(trial('a', 'passed'), trial('o', 'open', { risk: 'r' })));
  expect(found.map(({ colour }) => colour)).toEqual(['green', 'yellow']);
  expect(found[1]).toMatchObject({ says: 'known to be open: o', remedy: 'its risk is in the report' });
});

test('the report tells the place, each trial with what came of it, worst first, and all that is known to be open', () => {
  const fact = OPEN_POINTS[0]?.fact ?? '';
  const report = reportOf(
    { place, proofs: [proof(trial('good', 'passed'), trial('bad', 'failed'), trial(fact, 'open'))] },
    '2026-11-27',
  );
  expect(report).toContain('| kernel | 6.12 |');
  expect(report).toContain('| Isolation | base iap-base-a1 | 1 | 1 | 0 | 1 |');
  expect(report.indexOf('| failed | bad | sh | it came |')).toBeLessThan(report.indexOf('| passed | good |'));
  for (const { risk } of OPEN_POINTS) expect(report).toContain(`| ${risk} |`);
  expect(report.match(/\| yes \|$/gm)).toHaveLength(1);
});

test('the report says that guests were made only where something was tried in them', () => {
  const said = (outcome: Trial['outcome']) => reportOf({ place, proofs: [proof(trial('a', outcome))] }, 'now');
  expect(said('passed')).toContain('now. For it guests were made');
  expect(said('untried')).toContain('now. Nothing could be tried');
});

test('words of a guest stay words in it: no line, no cell, no markup and no bytes of a terminal', () => {
  const came = 'a | b\n<img src=x> [x](http://evil) `code` \u001b[2J \u202etxt';
  const report = reportOf({ place: undefined, proofs: [proof(trial('fact', 'failed', { came }))] }, 'now');
  expect(report).toContain('| a \\| b; \\<img src=x\\> \\[x\\](http://evil) \\`code\\`  \\[2J  txt |');
  expect(report).not.toMatch(/[^\P{C}\n]/u);
});
