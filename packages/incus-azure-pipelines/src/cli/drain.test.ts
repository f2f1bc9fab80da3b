import { expect, test } from 'vitest';
import { drain, resume } from './drain.js';

const silent = { write: () => {}, complain: () => {} };
const socket = '/nowhere/control.sock';

test.each([
  ['a pool and an agent', 'linux', { agent: 'ci-1' }, 'give a pool, or --agent, or --host'],
  ['an agent and the host', undefined, { agent: 'ci-1', host: true }, 'give a pool, or --agent, or --host'],
  ['a pool until the next boot', 'linux', { untilBoot: true }, '--until-boot is for the host alone'],
  ['a time without a wait', undefined, { timeout: '1m' }, '--timeout bounds --wait'],
  ['a time that is none', undefined, { wait: true, timeout: 'soon' }, '--timeout soon is no duration'],
])('refuses %s before it asks the daemon', async (_, pool, options, message) => {
  await expect(drain(pool, { socket, ...options }, silent)).rejects.toThrow(message);
});

test('resume refuses a pool and an agent at once', async () => {
  await expect(resume('linux', { socket, agent: 'ci-1' }, silent)).rejects.toThrow('not both');
});
