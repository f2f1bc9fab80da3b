import { expect, test } from 'vitest';
import { keysIn } from './key-stock.js';

test('the keys of a daemon are read from its metrics', () => {
  const metrics = '# HELP x\niap_agent_keys{state="ready"} 7\niap_agent_keys{state="wanted"} 128\n';
  expect(keysIn(metrics)).toEqual({ ready: 7, wanted: 128 });
});

test('a daemon whose guests make their keys wants none', () => {
  expect(keysIn('up 1\n')).toEqual({ ready: 0, wanted: 0 });
});
