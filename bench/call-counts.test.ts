import { expect, test } from 'vitest';
import { callCounts, callsBetween } from './call-counts.js';

const metrics = `# HELP iap_call_duration_seconds Calls to Incus and Azure, by route and status.
iap_call_duration_seconds_bucket{le="0.05",to="incus",route="GET /1.0/instances",status="200"} 3
iap_call_duration_seconds_sum{to="incus",route="GET /1.0/instances",status="200"} 0.5
iap_call_duration_seconds_count{to="incus",route="GET /1.0/instances",status="200"} 3
iap_call_duration_seconds_count{to="incus",route="GET /1.0/instances",status="500"} 1
iap_call_duration_seconds_count{to="incus",route="POST /1.0/instances/{name}/files",status="200"} 2
iap_call_duration_seconds_count{to="azure",route="agents",status="200"} 9
`;

test('adds up the answers of a route and leaves the other system out', () => {
  expect([...callCounts(metrics, 'azure')]).toEqual([['agents', 9]]);
  expect(callCounts(metrics, 'incus').get('GET /1.0/instances')).toBe(4);
});

test('reads a route that holds braces of its own', () => {
  expect(callCounts(metrics, 'incus').get('POST /1.0/instances/{name}/files')).toBe(2);
});

test('tells what was called in between, without routes that were not', () => {
  const before = new Map([
    ['list', 3],
    ['push', 1],
  ]);
  const after = new Map([
    ['list', 5],
    ['push', 1],
    ['exec', 2],
  ]);
  expect([...callsBetween(before, after)]).toEqual([
    ['list', 2],
    ['exec', 2],
  ]);
});
