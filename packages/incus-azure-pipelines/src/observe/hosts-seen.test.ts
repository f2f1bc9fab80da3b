import { expect, test } from 'vitest';
import { placeholderName, SEEN_AT } from '../model/placeholder.js';
import { hostsSeen } from './hosts-seen.js';

const NOW = 1_900_000_000_000;
const HOUR_MS = 3_600_000;
const BIRTH = NOW.toString(36);

function agent(owner: string, online = true) {
  return { name: `host-${owner}-${BIRTH}`, online };
}

test('counts each installation that has an agent online, by its owner and not by its prefix', () => {
  const list = [agent('a1b2c3'), agent('a1b2c3'), { name: `other-a1b2c3-${BIRTH}`, online: true }, agent('d4e5f6')];
  expect(hostsSeen(new Map(), list, NOW)).toEqual(
    new Map([
      ['a1b2c3', NOW],
      ['d4e5f6', NOW],
    ]),
  );
});

test('counts nobody for what is left over, or is of somebody else', () => {
  const list = [agent('a1b2c3', false), { name: 'somebody', online: true }, { name: 'host-a1b2c3-x', online: true }];
  expect(hostsSeen(new Map(), list, NOW)).toEqual(new Map());
});

test('remembers a host without an agent for an hour', () => {
  const seen = hostsSeen(new Map(), [agent('a1b2c3')], NOW);
  expect([...hostsSeen(seen, [], NOW + HOUR_MS - 1).keys()]).toEqual(['a1b2c3']);
  expect([...hostsSeen(seen, [], NOW + HOUR_MS).keys()]).toEqual([]);
});

test('a host without an agent is there for an hour from when its placeholder said so', () => {
  const placeholder = (seenAt: number) => ({
    name: placeholderName('a1b2c3', 'linux'),
    online: false,
    capabilities: { [SEEN_AT]: new Date(seenAt).toISOString() },
  });
  expect(hostsSeen(new Map(), [placeholder(NOW - 60_000)], NOW)).toEqual(new Map([['a1b2c3', NOW - 60_000]]));
  expect(hostsSeen(new Map(), [placeholder(NOW - HOUR_MS)], NOW)).toEqual(new Map());
  expect(hostsSeen(new Map(), [placeholder(NOW + HOUR_MS)], NOW)).toEqual(new Map([['a1b2c3', NOW]]));
});
