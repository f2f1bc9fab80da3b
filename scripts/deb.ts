/** Builds a package for Debian and Ubuntu: the program, a Node where it does not use the distribution's, units, manual, completion, schema, licenses. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { runCommand } from '../testbed/run-command.js';
import { workTree } from '../testbed/work-tree.js';
import { bringNode, type NodeRuntime, nodeAt } from './deb/node-runtime.js';
import { PackageTree } from './deb/package-tree.js';
import { toolsMissing } from './deb/tools.js';

const NAME = 'incus-azure-pipelines';
const LIB = `usr/lib/${NAME}`;
const DOC = `usr/share/doc/${NAME}`;
const UNITS = [`${NAME}.service`, `${NAME}-shutdown.service`];
const SCRIPTS = ['postinst', 'prerm', 'postrm'];
/** Where the distribution's shells look for them, below /usr/share. */
const COMPLETIONS = {
  bash: `bash-completion/completions/${NAME}`,
  zsh: `zsh/vendor-completions/_${NAME}`,
  fish: `fish/vendor_completions.d/${NAME}.fish`,
};
const LICENSES = 'THIRD-PARTY-LICENSES.txt';
const FIRST_LINE = '#!/usr/bin/env -S node ';
const FOR_NODE = 'Files: usr/lib/incus-azure-pipelines/node';

const { values } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    'node-license': { type: 'string' },
    output: { type: 'string', default: join(workTree(), 'build/packages') },
  },
});
const source = join(workTree(), 'packages', NAME);
const deploy = join(workTree(), 'deploy');
const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8'));
const { DEBEMAIL, DEBFULLNAME = `${NAME} contributors` } = process.env;
const maintainer = DEBEMAIL === undefined ? DEBFULLNAME : `${DEBFULLNAME} <${DEBEMAIL}>`;

const nodeFound = await nodeAt(values.node);
const missing = toolsMissing({ bringsNode: !nodeFound.shared, env: process.env });
if (missing.length > 0) throw new Error(`it takes ${missing.join(', ')}; install what is missing with apt-get`);
const committed = ['-C', workTree(), 'log', '-1', '--format=%ct'];
/** Epoch seconds. */
const epoch = (process.env.SOURCE_DATE_EPOCH ?? (await runCommand('git', committed))).trim();
const tree = new PackageTree(join(values.output, `${NAME}-tree`));
await rm(tree.root, { recursive: true, force: true });
try {
  const node = await bringNode(nodeFound, join(tree.root, LIB, 'node'));
  await placeProgram(node);
  await placeFiles(node);
  const architecture = node.brought ? (await runCommand('dpkg', ['--print-architecture'])).trim() : 'all';
  await placeControl(node, architecture);
  process.stdout.write(`${await build(architecture)}\n`);
} finally {
  await rm(tree.root, { recursive: true, force: true });
}

/** The bundle, whose first line names the Node that runs it: the kernel needs no shell to find it. */
async function placeProgram({ brought }: NodeRuntime): Promise<void> {
  const bundle = join(source, 'bundle');
  for (const entry of await readdir(bundle, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== LICENSES) await tree.copy(`${LIB}/bundle/${relative(bundle, path)}`, path);
  }
  const main = await readFile(join(bundle, 'main.js'), 'utf8');
  if (!main.startsWith(FIRST_LINE)) throw new Error('the first line of main.js does not say how Node is started');
  const text = `#!/${brought ? `${LIB}/node` : 'usr/bin/node'} ${main.slice(FIRST_LINE.length)}`;
  await tree.write(`${LIB}/bundle/main.js`, text, 0o755);
  await tree.write(`${LIB}/package.json`, `${JSON.stringify({ name: NAME, version, type: 'module' })}\n`);
  await tree.link(`usr/bin/${NAME}`, `../lib/${NAME}/bundle/main.js`);
}

async function placeFiles(node: NodeRuntime): Promise<void> {
  const told = (...args: readonly string[]) => runCommand(values.node, [join(source, 'bundle/main.js'), ...args]);
  for (const unit of UNITS) await tree.write(`usr/lib/systemd/system/${unit}`, ownProgram(await deployed(unit)));
  await tree.copy(`usr/lib/sysusers.d/${NAME}.conf`, join(deploy, 'sysusers.conf'));
  const printed: readonly (readonly [string, ...string[]])[] = [
    [`man/man1/${NAME}.1.gz`, 'manual'],
    [`${NAME}/config.schema.json`, 'schema'],
    ...Object.entries(COMPLETIONS).map(([shell, place]) => [place, 'completion', shell] as const),
  ];
  await Promise.all(printed.map(async ([place, ...verb]) => tree.write(`usr/share/${place}`, await told(...verb))));
  await tree.copy(`usr/share/${NAME}/config.example.yaml`, join(deploy, 'config.example.yaml'));
  await tree.copy(`usr/share/${NAME}/alerts.yaml`, join(deploy, 'prometheus/alerts.yaml'));
  await tree.copy(`usr/share/${NAME}/board.json`, join(deploy, `grafana/${NAME}.json`));
  await tree.write(`${DOC}/copyright`, copyright(await deployed('deb/copyright'), node));
  await tree.copy(`${DOC}/${LICENSES}.gz`, join(source, 'bundle', LICENSES));
  await tree.write(`${DOC}/changelog.gz`, changelog(node));
  if (node.brought) await tree.copy(`${DOC}/NODE-LICENSE.txt.gz`, values['node-license'] ?? licenseOf(values.node));
  await mkdir(join(tree.root, 'etc', NAME), { recursive: true });
}

function deployed(path: string): Promise<string> {
  return readFile(join(deploy, path), 'utf8');
}

/** A unit that runs the program of this package, where npm has installed another one in /usr/local, too. */
function ownProgram(unit: string): string {
  return unit.replaceAll(new RegExp(`^(Exec\\w+=)${NAME} `, 'gm'), `$1/usr/bin/${NAME} `);
}

function copyright(text: string, { brought }: NodeRuntime): string {
  const start = text.indexOf(FOR_NODE);
  if (start < 0) throw new Error('deploy/deb/copyright does not say whose Node is');
  return brought ? text : `${text.slice(0, start).trimEnd()}\n`;
}

/** As Debian wants it of each package. */
function changelog(node: NodeRuntime): string {
  const date = new Date(Number(epoch) * 1000).toUTCString().replace('GMT', '+0000');
  return `${NAME} (${version}) unstable; urgency=medium

  * Release ${version}, built with Node ${node.version}.

 -- ${maintainer}  ${date}
`;
}

async function placeControl({ brought, depends, version: node }: NodeRuntime, architecture: string): Promise<void> {
  const { md5sums, sizeKib } = await tree.sums();
  await tree.write('DEBIAN/md5sums', md5sums);
  for (const script of SCRIPTS) await tree.copy(`DEBIAN/${script}`, join(deploy, 'deb', script), 0o755);
  await tree.write(
    'DEBIAN/control',
    `Package: ${NAME}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Section: admin
Priority: optional
Installed-Size: ${sizeKib}
Depends: ${depends}, systemd (>= 254)
Recommends: incus-base (>= 6.0) | incus (>= 6.0)
Description: fresh Incus containers for Azure Pipelines jobs
 A daemon that keeps a pool of self-hosted agents of Azure Pipelines, each in
 an unprivileged Incus system container of its own that runs one job, powers
 itself off and is replaced.${brought ? ` It brings Node ${node} for itself alone.` : ''}
`,
  );
}

/** The same commit and the same Node give the same file, byte for byte, whatever the umask of whoever builds it. */
async function build(architecture: string): Promise<string> {
  const file = join(values.output, `${NAME}_${version}_${architecture}.deb`);
  for (const entry of await readdir(tree.root, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  await chmod(tree.root, 0o755);
  await runCommand('dpkg-deb', ['--root-owner-group', '-Zzstd', '-z8', '--build', tree.root, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: epoch },
  });
  return file;
}

/** Where a Node's license is: beside it in an archive of its makers, or where the distribution puts it. */
function licenseOf(node: string): string {
  const places = [join(dirname(dirname(node)), 'LICENSE'), '/usr/share/doc/nodejs/copyright'];
  const found = places.find(existsSync);
  if (found === undefined) throw new Error(`the license of ${node} is not found; name it with --node-license FILE`);
  return found;
}
