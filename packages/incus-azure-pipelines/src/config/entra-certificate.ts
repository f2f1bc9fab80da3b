/** A certificate with its key, by which a service principal signs in. */

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { Secret } from '../lib/secret.js';
import { readTextFile } from './files.js';

/** The whole file, or why nobody could sign in by it. */
export type FoundCertificate =
  | {
      readonly secret: Secret;
      /** Last moment of the certificate, epoch ms. */
      readonly endsAt: number;
      /** Whether every user of this host can read the file. */
      readonly isOpen: boolean;
    }
  | { readonly problem: string; readonly remedy: string };

const BOTH = 'put the certificate and its key, both as PEM and without a password, into this one file';

/** Reads it as it is now, and sees that the two belong together. Never throws. */
export async function readEntraCertificate(file: string): Promise<FoundCertificate> {
  const read = await readTextFile(file, { limitBytes: 65_536 });
  if ('problem' in read)
    return { problem: read.problem, remedy: read.remedy ?? 'put the file there, or correct the path' };
  if (!/^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----$/m.test(read.text))
    return { problem: `${file} holds no private key`, remedy: BOTH };
  const certificate = attempt(() => new X509Certificate(read.text));
  if (certificate === undefined) return { problem: `${file} holds no certificate`, remedy: BOTH };
  const key = attempt(() => createPrivateKey(read.text));
  if (key === undefined) return { problem: `the private key in ${file} cannot be read`, remedy: BOTH };
  const unfit = whyUnfit(certificate, key, file);
  if (unfit !== undefined) return unfit;
  return {
    secret: new Secret(read.text),
    endsAt: Date.parse(certificate.validTo),
    isOpen: (read.mode & 0o004) !== 0,
  };
}

/** Entra would say of both that a signature is not valid, if it were asked at all. */
function whyUnfit(certificate: X509Certificate, key: KeyObject, file: string) {
  if (key.asymmetricKeyType !== 'rsa')
    return { problem: `the private key in ${file} is not of RSA`, remedy: 'make an RSA key, and a certificate for it' };
  if (certificate.checkPrivateKey(key)) return undefined;
  return {
    problem: `the private key in ${file} is not that of its first certificate`,
    remedy: 'put the certificate that was made for this key first',
  };
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
