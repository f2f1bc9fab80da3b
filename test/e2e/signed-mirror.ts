import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';
import { type FileServer, makePackages, type ServerCertificate, serveFiles, sha256Of } from './package-source.js';

/** A mirror with suites, components and a signature, as the archives of distributions are. */
export interface SignedMirror extends FileServer {
  /** The home of gpg that has the mirror's key. */
  readonly gpgHome: string;
}

/** Who signs. */
export const MIRROR_SIGNER = 'mirror@packages.example';

const COMPONENTS = ['main', 'universe'];

/** Serves the same packages in each suite of this host's release, which the images of the tests are of, too. */
export async function serveMirror(
  host: string,
  directory: string,
  packages: Readonly<Record<string, string>>,
  certificate?: ServerCertificate,
): Promise<SignedMirror> {
  const { index, files } = await makePackages(directory, packages);
  const gpgHome = join(directory, 'gpg');
  await runCommand('mkdir', ['--mode=700', gpgHome]);
  const gpg = (...args: readonly string[]) =>
    runCommand('gpg', ['--homedir', gpgHome, '--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args]);
  const served = new Map(files);
  try {
    await gpg('--quick-generate-key', MIRROR_SIGNER, 'ed25519', 'sign', 'never');
    const architecture = (await runCommand('dpkg', ['--print-architecture'])).trim();
    for (const suite of await suitesOfThisHost()) {
      const release = join(directory, `Release-${suite}`);
      await writeFile(release, releaseOf(suite, architecture, index));
      await gpg('--clear-sign', '--output', `${release}.asc`, release);
      served.set(`/dists/${suite}/InRelease`, await readFile(`${release}.asc`));
      for (const component of COMPONENTS)
        served.set(`/dists/${suite}/${component}/binary-${architecture}/Packages`, index);
    }
  } finally {
    // It has started an agent that would stay.
    await runCommand('gpgconf', ['--homedir', gpgHome, '--kill', 'gpg-agent']);
  }
  return { ...(await serveFiles(host, served, certificate)), gpgHome };
}

async function suitesOfThisHost(): Promise<readonly string[]> {
  const codename = /^VERSION_CODENAME=(\S+)$/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1];
  if (codename === undefined) throw new Error('this host does not say which release it is of');
  return ['', '-updates', '-security'].map(end => `${codename}${end}`);
}

function releaseOf(suite: string, architecture: string, index: Buffer): string {
  const files = COMPONENTS.map(
    component => ` ${sha256Of(index)} ${index.length} ${component}/binary-${architecture}/Packages`,
  );
  return [
    `Suite: ${suite}`,
    `Codename: ${suite}`,
    `Architectures: ${architecture}`,
    `Components: ${COMPONENTS.join(' ')}`,
    `Date: ${new Date().toUTCString()}`,
    'SHA256:',
    ...files,
    '',
  ].join('\n');
}
