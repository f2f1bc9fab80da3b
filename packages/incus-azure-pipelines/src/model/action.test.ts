import { expect, test } from 'vitest';
import { type Action, keyOf, targetOf } from './action.js';

const create: Action = { kind: 'create-instance', pool: 'linux', name: 'a', base: 'base-1', docker: false, reason: '' };
const activate: Action = { kind: 'activate-agent', pool: 'linux', name: 'a', agentVersion: '4.275.0', reason: '' };
const remove: Action = { kind: 'delete-instance', pool: 'linux', name: 'a', reason: '' };
const collect: Action = { kind: 'collect-log', pool: 'linux', name: 'a', reason: '' };
const build: Action = { kind: 'build-base', pool: 'linux', base: 'base-1', reason: '' };

test('what an action is about is its agent, or its base', () => {
  expect([create, activate, remove, build].map(targetOf)).toEqual(['a', 'a', 'a', 'base-1']);
});

test('what reads the log of an agent holds back no other action on it, and fails by the name of the agent', () => {
  expect(targetOf(collect)).not.toBe(targetOf(remove));
  expect(keyOf(collect)).toBe('collect-log/a');
});

test('creations of a pool fail as one, and so do its activations; all else fails by itself', () => {
  expect([create, activate, remove, build].map(keyOf)).toEqual([
    'create-instance/linux',
    'activate-agent/linux',
    'delete-instance/a',
    'build-base/base-1',
  ]);
});
