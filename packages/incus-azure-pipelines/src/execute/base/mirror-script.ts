import type { AptMirror } from '../../model/apt-mirror.js';

const FOLDER = '/etc/apt';
const KEY_PATH = `${FOLDER}/iap-mirror.asc`;

/**
 * The script that has a base know no source of packages but a mirror. It is part of the base's digest. What is no Debian
 * has no place for it, and the next step says so.
 */
export function mirrorScript({ components, key, securityUrl, suites, url }: AptMirror): string {
  const has = (list: readonly string[] | undefined) => quoted(list?.join(' ') ?? '');
  return `#!/bin/bash
set -euo pipefail
url=${quoted(url)}
security=${quoted(securityUrl ?? '')}
suites=${has(suites)}
components=${has(components)}
key=${quoted(key ?? '')}

[ -d ${FOLDER} ] || exit 0
# shellcheck source=/dev/null
. /etc/os-release
codename=\${VERSION_CODENAME:-}
if [ -z "$codename" ] && { [ -z "$suites" ] || [ -n "$security" ]; }; then
  echo 'this image does not say which release it is of; name all suites of aptMirror, and no securityUrl'
  exit 1
fi
case " $ID \${ID_LIKE:-} " in
  *' ubuntu '*)
    : "\${components:=main universe}"
    if [ -z "$security" ]; then : "\${suites:=$codename $codename-updates $codename-security}"; fi
    ;;
esac
: "\${components:=main}"
: "\${suites:=$codename $codename-updates}"

for file in ${FOLDER}/sources.list ${FOLDER}/sources.list.d/*.list ${FOLDER}/sources.list.d/*.sources; do
  if [ -e "$file" ]; then mv "$file" "$file.disabled"; fi
done
rm -rf /var/lib/apt/lists/*
mkdir -p ${FOLDER}/sources.list.d

source_of() {
  printf 'Types: deb\\nURIs: %s\\nSuites: %s\\n' "$1" "$2"
  # A folder of packages has no components.
  case $2 in */) ;; *) printf 'Components: %s\\n' "$components" ;; esac
  if [ -n "$key" ]; then printf 'Signed-By: ${KEY_PATH}\\n'; fi
  echo
}
if [ -n "$key" ]; then
  printf '%s' "$key" >${KEY_PATH}
  chmod 644 ${KEY_PATH}
fi
{
  source_of "$url" "$suites"
  if [ -n "$security" ]; then source_of "$security" "$codename-security"; fi
} >${FOLDER}/sources.list.d/iap-mirror.sources
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
