import { expect, it } from 'vitest';
import { laterFiles, laterUnits } from '../guest/files.js';
import { checkContract } from './check-contract.js';
import { contractCheck, LACK, VERSION } from './contract-check.js';

/** What is told while a base is looked at in which the check prints this. */
async function checked(stdout: string): Promise<{ version: string; told: readonly unknown[] }> {
  const told: unknown[] = [];
  const client = { exec: async () => ({ exitCode: 0, stdout, stderr: '', truncated: false }) };
  const { signal } = new AbortController();
  const base = { client, name: 'iap-base', onProgress: (progress: unknown) => told.push(progress), signal };
  return { version: await checkContract(base, 'golden', false), told };
}

it('a base that lacks what it can do without is taken, and told what it lacks', async () => {
  const lack = 'iap-untold.timer is not enabled';
  const { version, told } = await checked(`${LACK}${lack}\n${VERSION}4.260.0\n`);
  expect(version).toBe('4.260.0');
  expect(told).toContainEqual({ kind: 'line', text: `It should have by CONTRACT.md, and does without: ${lack}.` });
});

it('a base that breaks the contract is refused, with all breaches', async () => {
  await expect(checked(`- one\n${LACK}two\n- three\n${VERSION}4.260.0\n`)).rejects.toThrow(
    /CONTRACT\.md\): one; three$/,
  );
});

it('the check takes what came later for no breach', () => {
  for (const { path } of laterFiles) expect(contractCheck).toMatch(new RegExp(`^file ${path} \\d+ '${LACK}'$`, 'm'));
  for (const unit of laterUnits) expect(contractCheck).toMatch(new RegExp(`^unit ${unit} '${LACK}'$`, 'm'));
});
