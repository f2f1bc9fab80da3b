import { expect, it } from 'vitest';
import { Events } from '../lib/events.js';
import type { DaemonEvents } from '../model/event.js';
import { HostKills, readHostKills } from './host-kills.js';

/** A host that has killed so many, looked at in passes. */
function watched() {
  const host: { killed: number | undefined } = { killed: 5 };
  const events = new Events<DaemonEvents>(error => {
    throw error;
  });
  const kills = new HostKills(events, () => host.killed);
  return { host, kills, looked: (at: number) => events.emit('pass-ended', { at }) };
}

it('tells what was killed in the minute before, and nothing of earlier', () => {
  const { host, kills, looked } = watched();
  expect(kills.lately()).toBe(0);
  looked(0);
  host.killed = 7;
  expect(kills.lately()).toBe(2);
  looked(30_000);
  expect(kills.lately()).toBe(2);
  looked(90_000);
  expect(kills.lately()).toBe(0);
  host.killed = 8;
  looked(100_000);
  expect(kills.lately()).toBe(1);
});

it('tells of none where the host does not count', () => {
  const { host, kills, looked } = watched();
  looked(0);
  host.killed = undefined;
  looked(1);
  expect(kills.lately()).toBe(0);
});

it('the kernel that this runs on counts', () => {
  expect(readHostKills()).toBeGreaterThanOrEqual(0);
});
