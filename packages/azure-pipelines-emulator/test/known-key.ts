/** A key pair for known answers. It is public, so it protects nothing. */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { keyAsJwk, keyAsParameters } from './known-answers.js';

/** The modulus as a registration carries it. */
export const KNOWN_MODULUS = keyAsParameters.modulus;

export const KNOWN_PRIVATE_KEY = createPrivateKey({ format: 'jwk', key: keyAsJwk });
export const KNOWN_PUBLIC_KEY = createPublicKey(KNOWN_PRIVATE_KEY);
