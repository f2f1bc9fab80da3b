import { createHash, createPrivateKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { assertionVector, keyAsJwk } from '../../../../azure-pipelines-emulator/test/known-answers.js';
import { signAssertion, tokenForm } from './assertion.js';

it('signs the assertion that other implementations sign', () => {
  const { sha256, nowSeconds, ...claims } = assertionVector;
  const key = createPrivateKey({ key: keyAsJwk, format: 'jwk' });
  const assertion = signAssertion({ ...claims, now: nowSeconds * 1000 + 999 }, key);
  expect(createHash('sha256').update(assertion).digest('hex')).toBe(sha256);
});

it('asks for a token with a form', () => {
  expect(tokenForm('a.b.c')).toBe(
    'grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=a.b.c',
  );
});
