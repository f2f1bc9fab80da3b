import { expect, test } from 'vitest';
import { agentsIn } from './daemon-metrics.js';

test('the agents in a phase are added up over all pools', () => {
  const metrics = [
    '# HELP iap_agents Agents by phase.',
    'iap_agents{pool="a",phase="idle"} 7',
    'iap_agents{pool="a",phase="starting"} 2',
    'iap_agents{pool="b",phase="idle"} 30',
  ].join('\n');
  expect(agentsIn(metrics, 'idle')).toBe(37);
  expect(agentsIn(metrics, 'busy')).toBe(0);
});
