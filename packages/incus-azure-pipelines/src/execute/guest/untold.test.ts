import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { untoldScript } from './untold.js';

/** Looks once, where it was marked and has looked before, with units in these states. */
function endsWith(systemctl: string): boolean {
  const library = `
activation=/nonexistent/activation run=/nonexistent
instance_key() { printf 5; }
say() { :; }
cat() { printf 5; }
poweroff() { echo ends; exit; }
systemctl() { ${systemctl}; }
`;
  const input = untoldScript.content.replace('. /usr/local/lib/iap/library.sh', library);
  return spawnSync('bash', ['-s'], { input, encoding: 'utf8' }).stdout === 'ends\n';
}

test.each([
  ['neither has begun', 'printf "inactive\\n\\ninactive\\n"', true],
  ['the agent runs', 'printf "inactive\\n\\nactive\\n"', false],
  ['it registers', 'printf "activating\\n\\ninactive\\n"', false],
  ['what its units are at cannot be learnt', 'return 1', false],
])('an instance that was marked ends at the second look only where neither unit has begun: %s', (_, states, ends) => {
  expect(endsWith(states)).toBe(ends);
});
