import { createHash, createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { assertionVector, keyAsJwk } from '../../../test/known-answers.js';
import { signAssertion, tokenRequestForm } from './assertion.js';

test('signs the assertion that other implementations sign', () => {
  const { sha256, ...claims } = assertionVector;
  const assertion = signAssertion(claims, createPrivateKey({ key: keyAsJwk, format: 'jwk' }));
  expect(createHash('sha256').update(assertion).digest('hex')).toBe(sha256);
});

test('asks for a token with a form', () => {
  expect(tokenRequestForm('a.b.c')).toBe(
    'grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c',
  );
});
