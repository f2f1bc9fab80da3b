import { expect, test } from 'vitest';
import { keyAsParameters, messageVector } from '../../../test/known-answers.js';
import { privateKeyFrom } from './rsa-parameters.js';
import { decryptBody, unwrapSessionKey } from './session-encryption.js';

const { wrappedKey, keyHex, iv, plain, body, bodyWithMark } = messageVector;
const sessionKey = Buffer.from(keyHex, 'hex');

test('unwraps the session key with the agent key', () => {
  const unwrapped = unwrapSessionKey({ encrypted: true, value: wrappedKey }, privateKeyFrom(keyAsParameters));
  expect(unwrapped.toString('hex')).toBe(keyHex);
});

test('takes a session key as it is when it is not encrypted', () => {
  const value = sessionKey.toString('base64');
  expect(unwrapSessionKey({ encrypted: false, value }, privateKeyFrom(keyAsParameters))).toEqual(sessionKey);
});

test.each([
  ['without', body],
  ['with', bodyWithMark],
])('decrypts a body %s byte order mark', (_, encrypted) => {
  expect(decryptBody(encrypted, iv, sessionKey)).toBe(plain);
});

test('leaves a body as it is when the message has no initial vector or the session no key', () => {
  expect(decryptBody(plain, undefined, sessionKey)).toBe(plain);
  expect(decryptBody(plain, iv, undefined)).toBe(plain);
});
