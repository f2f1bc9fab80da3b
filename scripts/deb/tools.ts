import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is called, by the packages that it is in. */
const ALWAYS = { dpkg: 'dpkg-deb' };
/** For the date of the commit, unless the environment has one. */
const FOR_DATE = { git: 'git' };
const FOR_NODE = { 'dpkg-dev': 'dpkg-shlibdeps', binutils: 'strip' };

/** The packages of Debian that have to be installed before a package is built here. */
export function toolsMissing({
  bringsNode,
  env: { PATH = '', SOURCE_DATE_EPOCH },
}: {
  readonly bringsNode: boolean;
  readonly env: NodeJS.ProcessEnv;
}): readonly string[] {
  const folders = PATH.split(':');
  const tools = { ...ALWAYS, ...(SOURCE_DATE_EPOCH === undefined && FOR_DATE), ...(bringsNode && FOR_NODE) };
  return Object.entries(tools).flatMap(([from, tool]) =>
    folders.some(folder => existsSync(join(folder, tool))) ? [] : [from],
  );
}
