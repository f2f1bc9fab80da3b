import { X509Certificate } from 'node:crypto';
import type { CallOptions } from '../deadline.js';
import { callFor, type Scope } from '../scope.js';
import type { Certificate, CertificatesPost } from '../wire/server.js';

/** Client certificates that the daemon trusts: `/1.0/certificates`. */
export interface Certificates {
  list(options?: CallOptions): Promise<readonly Certificate[]>;
  add(post: CertificatesPost, options?: CallOptions): Promise<void>;
  /** Takes the SHA-256 of the DER form, lower-case hex. */
  delete(fingerprint: string, options?: CallOptions): Promise<void>;
}

export function makeCertificates(scope: Scope): Certificates {
  return {
    async list(options) {
      const tried = 'list trusted certificates';
      const exchange = { tried, method: 'GET', route: '/1.0/certificates', query: { recursion: 1 } } as const;
      const found = (await callFor<readonly Certificate[] | null>(scope, exchange, options)) ?? [];
      return found.map(raw => ({ ...raw, description: raw.description ?? '', projects: raw.projects ?? [] }));
    },
    async add(post, options) {
      const certificate = new X509Certificate(post.certificate).raw.toString('base64');
      const tried = `trust certificate "${post.name}"`;
      const json = { ...post, type: 'client', certificate };
      await callFor(scope, { tried, method: 'POST', route: '/1.0/certificates', json }, options);
    },
    async delete(fingerprint, options) {
      const tried = `distrust certificate ${fingerprint}`;
      const exchange = {
        tried,
        method: 'DELETE',
        route: '/1.0/certificates/{fingerprint}',
        names: { fingerprint },
      } as const;
      await callFor(scope, exchange, options);
    },
  };
}
