import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeClientIdentity } from './client-certificate.js';

const DAY_MS = 86_400_000;

it.each([Date.UTC(2026, 0, 1), Date.UTC(2041, 5, 1)])('a certificate made at %d is its own, for ten years', now => {
  const { certificate, key } = makeClientIdentity('iap-1a2b3c', now);
  const read = new X509Certificate(certificate);
  expect(read.subject).toBe('CN=iap-1a2b3c');
  expect(read.issuer).toBe(read.subject);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(Date.parse(read.validFrom)).toBe(now - DAY_MS);
  expect(Date.parse(read.validTo)).toBe(now + 3650 * DAY_MS);
});

it('no two are alike', () => {
  const [one, other] = [makeClientIdentity('x', 0), makeClientIdentity('x', 0)];
  expect(one.key).not.toBe(other.key);
  expect(one.certificate).not.toBe(other.certificate);
});
