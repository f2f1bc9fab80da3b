import { createPrivateKey } from 'node:crypto';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { keyAsJwk, keyAsParameters } from '../../../../azure-pipelines-emulator/test/known-answers.js';
import { publicKeyOf, rsaParametersText } from './rsa-parameters.js';

const key = createPrivateKey({ key: keyAsJwk, format: 'jwk' });

it('pads every number to the length that the key asks for', () => {
  expect(Buffer.from(keyAsJwk.d, 'base64url')).toHaveLength(255);
  expect(JSON.parse(rsaParametersText(key).reveal())).toEqual(keyAsParameters);
});

it('offers the public half alone for a registration', () => {
  expect(publicKeyOf(key)).toEqual({ exponent: 'AQAB', modulus: keyAsParameters.modulus });
});

it('never shows the key by itself', () => {
  const shown = `${inspect({ key, text: rsaParametersText(key) })} ${JSON.stringify({ key, text: rsaParametersText(key) })}`;
  expect(shown).not.toContain(keyAsParameters.d.slice(4, 20));
  expect(shown).not.toContain(keyAsJwk.d.slice(0, 16));
});
