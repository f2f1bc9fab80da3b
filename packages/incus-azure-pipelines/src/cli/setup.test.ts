import { expect, it } from 'vitest';
import { aWish, NOTHING } from '../../test/setup-examples.js';
import { planSetup } from '../setup/plan-setup.js';
import { formatSetup } from './setup.js';

it('a plan is shown step by step, and what cannot be had at its end', () => {
  const plan = planSetup(aWish(), NOTHING);
  if (plan.kind === 'refused') throw new Error(plan.why);
  const lines = formatSetup(plan).split('\n');
  expect(lines[0]).toBe('1. Make network ACL "iap-1a2b3c": guests reach this and nothing else');
  expect(lines).toContain('     restricted = true');
  expect(lines).toContain('6. Make certificate "iap-1a2b3c" and trust it within project "ci"');
  expect(lines.at(-2)).toMatch(/^Mind: The project has no limit of memory/);
});

it('a plan without steps says so', () => {
  expect(formatSetup({ kind: 'plan', steps: [], remarks: [] })).toBe('Everything is as it should be.\n');
});
