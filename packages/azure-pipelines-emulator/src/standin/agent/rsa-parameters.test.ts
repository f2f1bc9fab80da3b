import { createPrivateKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { keyAsJwk, keyAsParameters } from '../../../test/known-answers.js';
import { privateKeyFrom, publicParametersOf, rsaParametersOf } from './rsa-parameters.js';

const key = createPrivateKey({ key: keyAsJwk, format: 'jwk' });

test('pads every integer to the length that the key asks for', () => {
  expect(rsaParametersOf(key)).toEqual(keyAsParameters);
});

test('reads back the key that it wrote', () => {
  expect(privateKeyFrom(keyAsParameters).export({ format: 'jwk' })).toEqual(keyAsJwk);
});

test('offers the public half alone for a registration', () => {
  expect(publicParametersOf(key)).toEqual({ exponent: 'AQAB', modulus: keyAsParameters.modulus });
});

test('names the member that is missing, with its letters as they have to be', () => {
  const { inverseQ, ...others } = keyAsParameters;
  expect(() => privateKeyFrom({ ...others, InverseQ: inverseQ })).toThrow('"inverseQ" is missing');
});
