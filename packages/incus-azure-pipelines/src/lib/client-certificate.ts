/** A certificate that names nobody but itself, as Incus trusts clients by. */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** PEM texts. */
export interface ClientIdentity {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** As long as Incus's own: it is trusted by its fingerprint, and taken back by forgetting that. */
const LIFE_MS = 3650 * DAY_MS;

const SEQUENCE = 0x30;
const OIDS = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  extendedKeyUsage: '551d25',
  clientAuthentication: '2b06010505070302',
} as const;

/** Makes a key on P-256 and a self-signed certificate for it that is good for clients alone. Source: RFC 5280, 4.1. */
export function makeClientIdentity(commonName: string, now: number): ClientIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, oid(OIDS.ecdsaWithSha256));
  const name = der(
    SEQUENCE,
    der(0x31, der(SEQUENCE, oid(OIDS.commonName), der(0x0c, Buffer.from(commonName, 'utf8')))),
  );
  // A day earlier, for the other side's clock may be slow.
  const validity = der(SEQUENCE, time(now - DAY_MS), time(now + LIFE_MS));
  const usage = der(0x04, der(SEQUENCE, oid(OIDS.clientAuthentication)));
  const signed = der(
    SEQUENCE,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(15)])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, der(SEQUENCE, oid(OIDS.extendedKeyUsage), usage))),
  );
  const signature = sign('sha256', signed, { key: privateKey, dsaEncoding: 'der' });
  const whole = der(SEQUENCE, signed, algorithm, der(0x03, Buffer.of(0), signature));
  return {
    certificate: pem(whole),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const long = Buffer.from(length.toString(16).padStart(length < 256 ? 2 : 4, '0'), 'hex');
  const head = length < 128 ? Buffer.of(length) : Buffer.concat([Buffer.of(0x80 + long.length), long]);
  return Buffer.concat([Buffer.of(tag), head, content]);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime up to 2049, GeneralizedTime from then on. */
function time(at: number): Buffer {
  const date = new Date(at);
  const digits = date.toISOString().replace(/[-:T]|\..*$/g, '');
  const isEarly = date.getUTCFullYear() < 2050;
  return der(isEarly ? 0x17 : 0x18, Buffer.from(`${isEarly ? digits.slice(2) : digits}Z`));
}

function pem(content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
