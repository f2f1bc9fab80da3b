import { Buffer } from 'node:buffer';
import { constants, privateDecrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { KNOWN_MODULUS, KNOWN_PRIVATE_KEY, KNOWN_PUBLIC_KEY } from '../test/known-key.js';
import { makeSessionKey, readPublicKey, sealText, wrapSessionKey } from './encryption.js';

const OAEP = { key: KNOWN_PRIVATE_KEY, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };

describe('a message', () => {
  it('is sealed as the known answer says', () => {
    const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
    const iv = Buffer.from('a0a1a2a3a4a5a6a7a8a9aaabacadaeaf', 'hex');
    expect(sealText('{"jobId":"11111111-2222-4333-8444-555555555555","timeout":"00:05:00"}', key, iv)).toEqual({
      iv: 'oKGio6SlpqeoqaqrrK2urw==',
      body: '1iypN6pK1/tzpX0HiRgMv6m9kWlDQ8eU6G2Akx7akf5nNvP3I1cJ2bl7Ygx085Z+Eloam3v6DeQm3CeIqp/Qj3IzlLPGE1vPDpJ0keJyNCs=',
    });
  });
});

describe("a session's key", () => {
  it('is unwrapped with the private key of the agent', () => {
    const key = makeSessionKey();
    const wrapped = Buffer.from(wrapSessionKey(key, readPublicKey('AQAB', KNOWN_MODULUS)), 'base64');
    expect(privateDecrypt(OAEP, wrapped)).toEqual(key);
  });
});

describe('a public key', () => {
  it('reads the same from a registration as from its key pair', () => {
    expect(readPublicKey('AQAB', KNOWN_MODULUS).equals(KNOWN_PUBLIC_KEY)).toBe(true);
  });
});
