import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { agentsIn, fetchMetrics } from './daemon-metrics.js';

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

test('fetching the metrics asks the daemon to keep no connection for it', async () => {
  const asked: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers.connection);
    response.end('up 1\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const daemon = { seen: async () => ({ msg: 'running', httpPort: port }) };
  expect(await fetchMetrics(daemon, AbortSignal.timeout(10_000))).toBe('up 1\n');
  expect(asked).toEqual(['close']);
  await new Promise(resolve => server.close(resolve));
});
