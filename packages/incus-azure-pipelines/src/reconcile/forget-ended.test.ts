import { beforeEach, expect, test } from 'vitest';
import { anAgent, known, nameOf, unknown } from '../../test/simulation/examples.js';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { forgetEnded, type Seen } from './forget-ended.js';

let events: Events<DaemonEvents>;
let wished: Set<string>;
let seen: Seen;

beforeEach(() => {
  events = new Events(error => {
    throw error;
  });
  wished = new Set([nameOf(0), nameOf(1)]);
  seen = { agents: known([anAgent(0, 'idle')]), azure: [known([]), known([])] };
  const forget = async (name: string) => void wished.delete(name);
  forgetEnded(events, { agents: wished, forget }, () => seen);
});

function looked(): void {
  events.emit('pass-ended', { at: 0 });
}

test('an agent that ended while no daemon ran is drained no more once Incus and Azure were read, and others are', () => {
  looked();
  expect([...wished]).toEqual([nameOf(0)]);
});

test.each([
  ['Incus', { agents: unknown() }],
  ['an agent pool', { azure: [known([]), unknown()] }],
])('a wish is kept while %s is unread, and forgotten after that where its agent is no more', (_, without) => {
  const whole = seen;
  seen = { ...whole, ...without };
  looked();
  expect([...wished]).toEqual([nameOf(0), nameOf(1)]);
  seen = whole;
  looked();
  expect([...wished]).toEqual([nameOf(0)]);
});

test('what is wished later for an agent that is not seen yet is kept', () => {
  looked();
  wished.add(nameOf(2));
  looked();
  expect([...wished]).toEqual([nameOf(0), nameOf(2)]);
});

test('an agent that is gone is drained no more', () => {
  looked();
  events.emit('agent-gone', { agent: anAgent(0, 'orphan'), at: 0 });
  expect([...wished]).toEqual([]);
});
