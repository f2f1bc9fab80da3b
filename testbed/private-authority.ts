/** An authority that nobody knows, and a certificate that it has signed. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './run-command.js';

export interface PrivateAuthority {
  /** PEM of the authority itself. */
  readonly authority: string;
  /** PEM of a server's certificate and of its key. */
  readonly cert: string;
  readonly key: string;
}

/** Makes both; the certificate is for these names, each with all names below it. */
export async function makePrivateAuthority(names: readonly string[]): Promise<PrivateAuthority> {
  const directory = await mkdtemp(join(tmpdir(), 'authority-'));
  const file = (name: string) => join(directory, name);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  try {
    const request = ['req', '-x509', ...newKey, '-keyout', file('ca.key'), '-out', file('ca.crt')];
    await runCommand('openssl', [...request, '-subj', '/CN=Private authority of a test']);
    const alternatives = names.flatMap(name => [`DNS:${name}`, `DNS:*.${name}`]).join(',');
    await writeFile(file('extensions'), `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`);
    const own = ['req', ...newKey, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=server'];
    await runCommand('openssl', own);
    const signer = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', '2'];
    const signed = ['-in', file('server.csr'), '-out', file('server.crt'), '-extfile', file('extensions')];
    await runCommand('openssl', ['x509', '-req', ...signer, ...signed]);
    const [authority, cert, key] = await Promise.all(
      ['ca.crt', 'server.crt', 'server.key'].map(name => readFile(file(name), 'utf8')),
    );
    return { authority: authority ?? '', cert: cert ?? '', key: key ?? '' };
  } finally {
    await rm(directory, { recursive: true });
  }
}
