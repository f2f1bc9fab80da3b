import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../../testbed/run-command.js';
import { isFrom, oldestNode } from '../oldest-node.js';

/** What a package says of the Node that runs the program. */
export interface NodeRuntime {
  /** Such as `v20.19.2`. */
  readonly version: string;
  /** Whether it was copied into the package. */
  readonly brought: boolean;
  /** What it needs of the distribution, as the field Depends has it. */
  readonly depends: string;
}

/** A Node of this host. */
export interface FoundNode {
  readonly file: string;
  /** Such as `v20.19.2`. */
  readonly version: string;
  /** Whether it is the distribution's own, in several packages. */
  readonly shared: boolean;
}

/** Looks at a Node. @throws Error when it is too old for the program. */
export async function nodeAt(file: string): Promise<FoundNode> {
  const { shared, version } = JSON.parse(await runCommand(file, ['-p', FACTS]));
  const oldest = await oldestNode();
  if (!isFrom(oldest, version)) throw new Error(`${file} is ${version}; name one from ${oldest} on with --node FILE`);
  return { file, version, shared };
}

/**
 * Copies a Node into a package, without what only a debugger reads. One that is the distribution's own stays there, and the
 * package depends on it.
 */
export async function bringNode({ file, shared, version }: FoundNode, target: string): Promise<NodeRuntime> {
  if (shared) return { version, brought: false, depends: `nodejs (>= ${await oldestNode()})` };
  await mkdir(dirname(target), { recursive: true });
  await copyFile(file, target);
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
