import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { findIncus, findIncusd } from './incus-programs.js';
import { runCommand } from './run-command.js';

const incusPackages = ['incus-base', 'incus-client'];
const imagePackages = ['squashfs-tools', 'xz-utils', 'mmdebstrap'];
const otherPackages = [
  'uidmap',
  'nftables',
  'iproute2',
  'mount',
  'dnsmasq-base',
  'btrfs-progs',
  ...imagePackages,
  'attr',
  'acl',
  'rsync',
  'openssl',
];

/**
 * The unit tests let the first read every script that a guest runs, the next two complete the program's verbs, and the last read the
 * alert rules; gpg signs a mirror, iptables writes rules for the doctor to find, and the others build the package of the program.
 */
const testPackages = [
  'shellcheck',
  'zsh',
  'fish',
  'gpg',
  'iptables',
  'dpkg-dev',
  'binutils',
  ...(isUbuntu2404() ? [] : ['promtool']),
];

/** There, promtool is part of the package of Prometheus, which would start a server. */
function isUbuntu2404(): boolean {
  return existsSync('/etc/os-release') && readFileSync('/etc/os-release', 'utf8').includes('VERSION_CODENAME=noble');
}

/** The page is looked at in the distribution's browser; where that comes another way, as in Ubuntu, who has none skips it. */
const browserPackages = isDebian() ? ['chromium'] : [];

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** What the host is to do: run all tests or a private Incus, or build an image for an Incus that runs here already. */
export type HostPurpose = 'tests' | 'private-incus' | 'image';

/** Says why this host cannot run a private Incus whatever is installed on it; undefined when nothing is in the way. */
export function hostObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'real instances need Linux';
  if (!existsSync('/usr/bin/apt-get')) return 'the testbed knows Debian and Ubuntu only (there is no apt-get here)';
  if (process.getuid?.() !== 0) return 'a private Incus needs root';
  return undefined;
}

/** Lists the Debian packages that the purpose needs and this host lacks. */
export async function missingPackages(signal?: AbortSignal, purpose: HostPurpose = 'private-incus'): Promise<string[]> {
  const hasIncus = findIncusd() !== undefined && findIncus() !== undefined;
  const forIncus = hasIncus ? otherPackages : [...incusPackages, ...otherPackages];
  const forTests = [...forIncus, ...testPackages, ...browserPackages];
  const wanted = { image: imagePackages, 'private-incus': forIncus, tests: forTests }[purpose];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query has a template language of its own.
  const format = '${db:Status-Status} ${Package}\n';
  const status = await runCommand('dpkg-query', ['--show', `--showformat=${format}`, '*'], { signal });
  const installed = new Set(
    status
      .split('\n')
      .filter(line => line.startsWith('installed '))
      .map(line => line.slice('installed '.length)),
  );
  return wanted.filter(name => !installed.has(name));
}

/** On a fresh machine the daily update may hold apt's lock for a while. */
const PATIENCE = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];

/**
 * Installs what the purpose needs from the distribution; does nothing, silently, when all is there.
 *
 * An abort is obeyed between the steps: an installation that is cut off would leave the host's package database broken.
 *
 * @param onProgress is given one line before each long step.
 * @returns the packages that were installed by name, without those that came along.
 * @throws Error when a package cannot be installed.
 */
export async function prepareHost(
  onProgress: (line: string) => void,
  signal?: AbortSignal,
  purpose: HostPurpose = 'private-incus',
): Promise<string[]> {
  const missing = await missingPackages(signal, purpose);
  if (missing.length === 0) return [];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  onProgress(`Installing from the distribution: ${missing.join(' ')}`);
  await runCommand('apt-get', ['--quiet', ...PATIENCE, 'update'], { env, signal, deadlineMs: 300_000 });
  signal?.throwIfAborted();
  await runCommand('apt-get', ['--quiet', ...PATIENCE, '--yes', '--no-install-recommends', 'install', ...missing], {
    env,
    deadlineMs: 1_200_000,
  });
  signal?.throwIfAborted();
  const stillMissing = await missingPackages(signal, purpose);
  if (stillMissing.length > 0) throw new Error(`install packages: ${stillMissing.join(', ')} did not arrive`);
  return missing;
}

async function main(): Promise<void> {
  const obstacle = hostObstacle();
  if (obstacle === undefined) {
    await prepareHost(line => void process.stderr.write(`${line}\n`), undefined, 'tests');
    return;
  }
  process.stderr.write(`Everything that needs a real Incus will be skipped: ${obstacle}.\n`);
  if (process.env.CI === 'true') process.exitCode = 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
