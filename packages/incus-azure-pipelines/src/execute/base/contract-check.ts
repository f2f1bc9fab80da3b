import { laterFiles, laterUnits, neededFiles, neededUnits } from '../guest/files.js';
import type { GuestFile } from '../guest/guest-file.js';
import { AGENT_USER } from '../guest/layout.js';

const { name, uid, gid, home } = AGENT_USER;

/** How the script begins each line about something that is not as the guest contract wants it. */
export const BREACH = '- ';
/** How it begins each line about something that a base should have, and can do without. */
export const LACK = '~ ';
/** How the script begins the line that tells the version of the agent. */
export const VERSION = 'agent version ';

/**
 * Looks whether a system keeps the guest contract, by its owners, modes, units and programs, and prints a line for each
 * breach and each lack. First argument: \`docker\` or \`no-docker\`.
 */
export const contractCheck = `#!/bin/bash
set -uo pipefail
breach() { echo "${BREACH}$1"; }
file() {
  [ "$(stat --format='%u:%g %a' "$1" 2>/dev/null)" = "0:0 $2" ] || echo "$3$1 is missing, or not root's with mode 0$2"
}
unit() { systemctl --quiet is-enabled "$1" 2>/dev/null || echo "$2$1 is not enabled"; }

${looks(BREACH, neededFiles, neededUnits)}
${looks(LACK, laterFiles, laterUnits)}
for program in bash curl tar setpriv sudo grep getent; do
  command -v "$program" >/dev/null || breach "$program is not installed"
done
if [ "$(getent passwd ${name} | cut --delimiter=: --fields=3,4,6,7)" != ${uid}:${gid}:${home}:/bin/bash ]; then
  breach 'there is no user ${name} with uid ${uid}, gid ${gid}, home ${home} and shell /bin/bash'
fi
[ "$(stat --format=%u:%g ${home} 2>/dev/null)" = ${uid}:${gid} ] || breach '${home} is missing, or not of user ${name}'
for program in config.sh run.sh; do
  [ -x "${home}/$program" ] || breach "there is no agent in ${home}: $program is missing"
done
for left in .agent .credentials .credentials_rsaparams; do
  [ ! -e "${home}/$left" ] || breach "${home}/$left is left of another agent"
done
[ -S /dev/incus/sock ] || breach '/dev/incus is not there: security.guestapi is off'
as_agent() { setpriv --reuid=${uid} --regid=${gid} --init-groups env --ignore-environment HOME=${home} PATH="$PATH" LANG=C.UTF-8 "$@"; }
as_agent sudo --non-interactive true 2>/dev/null || breach '${name} may not use sudo without a password'
if [ "$1" = docker ]; then
  systemctl --quiet is-enabled docker.service 2>/dev/null || systemctl --quiet is-enabled docker.socket 2>/dev/null ||
    breach 'docker is not there or not enabled, and the configuration does not say docker: false'
  as_agent id --groups --name 2>/dev/null | grep --quiet --word-regexp docker || breach '${name} is not in the group docker'
fi
version=$(cd ${home} && as_agent timeout 60 ./bin/Agent.Listener --version 2>/dev/null)
case $version in
  [0-9]*.[0-9]*.[0-9]*) echo "${VERSION}$version" ;;
  *) breach 'the agent does not tell its version: ${home}/bin/Agent.Listener --version' ;;
esac
exit 0
`;

function looks(mark: string, files: readonly GuestFile[], units: readonly string[]): string {
  return [
    ...files.map(({ path, mode }) => `file ${path} ${mode.toString(8)} '${mark}'`),
    ...units.map(unit => `unit ${unit} '${mark}'`),
  ].join('\n');
}
