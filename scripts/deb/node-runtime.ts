import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';

const OLDEST = [20, 19] as const;

/** What a package says of the Node that runs the program. */
export interface NodeRuntime {
  /** Such as `v20.19.2`. */
  readonly version: string;
  /** Whether it was copied into the package. */
  readonly brought: boolean;
  /** What it needs of the distribution, as the field Depends has it. */
  readonly depends: string;
}

/**
 * Copies a Node into a package, without what only a debugger reads. One that is the distribution's own, in several packages,
 * stays there, and the package depends on it.
 *
 * @throws Error when it is too old.
 */
export async function bringNode(node: string, target: string): Promise<NodeRuntime> {
  const { shared, version } = JSON.parse(await runCommand(node, ['-p', FACTS]));
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    throw new Error(`${node} is ${version}; name one from ${OLDEST.join('.')} on with --node FILE`);
  if (shared) return { version, brought: false, depends: `nodejs (>= ${OLDEST.join('.')})` };
  await mkdir(dirname(target), { recursive: true });
  await copyFile(node, target);
  await runCommand('strip', ['--strip-unneeded', target]);
  return { version, brought: true, depends: await dependsOf(target) };
}

const FACTS = 'JSON.stringify({ version: process.version, shared: process.config.variables.node_shared })';

/** What the distribution's own tool reads from the symbols that a program asks for. */
async function dependsOf(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'iap-deb-'));
  try {
    await mkdir(join(folder, 'debian'));
    await writeFile(join(folder, 'debian/control'), 'Source: node\n\nPackage: node\nArchitecture: any\n');
    const shlibdeps = 'cd "$1" && dpkg-shlibdeps --warnings=0 -O -e"$2"';
    const fields = await runCommand('sh', ['-c', shlibdeps, 'sh', folder, program]);
    const depends = /^shlibs:Depends=(.+)$/m.exec(fields)?.[1];
    if (depends === undefined) throw new Error(`dpkg-shlibdeps does not tell what ${program} depends on`);
    return depends;
  } finally {
    await rm(folder, { recursive: true });
  }
}
