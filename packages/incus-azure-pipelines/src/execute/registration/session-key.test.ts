import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { keyAsJwk, messageVector } from '../../../../azure-pipelines-emulator/test/known-answers.js';
import { SessionKeyError, unwrapSessionKey } from './session-key.js';

const wrapped = { encrypted: true, value: messageVector.wrappedKey };

it('unwraps the key of a session with the key of its agent', () => {
  const key = createPrivateKey({ key: keyAsJwk, format: 'jwk' });
  expect(unwrapSessionKey(wrapped, key).toString('hex')).toBe(messageVector.keyHex);
});

it('takes a key that was not wrapped as it is', () => {
  const key = createPrivateKey({ key: keyAsJwk, format: 'jwk' });
  expect(unwrapSessionKey({ encrypted: false, value: 'AAEC' }, key).toString('hex')).toBe('000102');
});

it('cannot unwrap what was wrapped for another agent', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  expect(() => unwrapSessionKey(wrapped, privateKey)).toThrow(SessionKeyError);
});
