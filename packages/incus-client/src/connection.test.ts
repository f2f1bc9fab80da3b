import { expect, it } from 'vitest';
import { findSocket } from './connection.js';

it('takes the socket that INCUS_SOCKET names, then the one in INCUS_DIR', () => {
  const both = { INCUS_SOCKET: '/s/incus.sock', INCUS_DIR: '/d' };
  expect(findSocket(both)).toEqual({ kind: 'unix', socketPath: '/s/incus.sock' });
  expect(findSocket({ INCUS_DIR: '/d' })).toEqual({ kind: 'unix', socketPath: '/d/unix.socket' });
});

it('falls back to where the packages put it', () => {
  expect(findSocket({})).toMatchObject({
    socketPath: expect.stringMatching(/^\/(run|var\/lib)\/incus\/unix\.socket$/),
  });
});
