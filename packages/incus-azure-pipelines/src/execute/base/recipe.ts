/** What is done inside a base, as the scripts that do it. Their texts are part of every base's digest. */

import { defaultRoute } from '../guest/default-route.js';
import { AGENT_USER, LOG_DIRECTORY } from '../guest/layout.js';
import { ipv6Off } from './ipv6-off.js';

/** Waits for the end of the boot, then for a default route; POSIX sh, since the image's shell is not known yet. */
export const waitForBoot = `
command -v systemctl >/dev/null || { echo 'this image does not run systemd; use one that does'; exit 1; }
command -v bash >/dev/null || { echo 'this image has no bash; use one that has'; exit 1; }
while :; do
  state=$(systemctl is-system-running --wait 2>/dev/null)
  case $state in running | degraded | maintenance) break ;; esac
  sleep 0.1
done
echo "The system is $state."
[ "$state" != maintenance ] || exit 1
${defaultRoute}
waited=0
until default_route; do
  [ "$waited" -lt 300 ] || { echo 'There is no default route after 30 seconds; going on without one.'; break; }
  waited=$((waited + 1))
  sleep 0.1
done
exit 0
`;

/**
 * Installs what \`packages\` and \`optional\` name: the former or nothing, of the latter what there is, and says what there is
 * not. A base whose image lacks nothing but the latter is made without a source of packages, too.
 */
export const installPackages = `
# Others may refer to a package that no source has.
offered() { apt-cache policy "$1" 2>/dev/null | grep 'Candidate: [^(]' >/dev/null; }
without() { echo "The base is made without $1, since $2."; }

if [ "$((\${#packages[@]} + \${#optional[@]}))" -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  options=(-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  install=()
  failed=0
  # Without the mode it ends well where no source answers.
  apt-get "\${options[@]}" -o APT::Update::Error-Mode=any update || failed=$?
  if [ "$failed" = 0 ]; then
    for names in "\${packages[@]}"; do
      for package in $names; do
        if offered "$package"; then break; fi
      done
      install+=("$package")
    done
    for names in "\${optional[@]}"; do
      chosen=
      for package in $names; do
        if offered "$package"; then chosen=$package && break; fi
      done
      if [ -n "$chosen" ]; then
        install+=("$chosen")
      else
        without "\${names// / and }" 'no source of packages has it'
      fi
    done
  elif [ "\${#packages[@]}" -gt 0 ]; then
    exit "$failed"
  else
    for names in "\${optional[@]}"; do without "\${names// / and }" 'the sources of packages cannot be read'; done
  fi
  if [ "\${#install[@]}" -gt 0 ]; then
    apt-get "\${options[@]}" install --no-install-recommends "\${install[@]}"
  fi
fi
`;

/**
 * Installs what the image lacks of what jobs and the guest contract need, and makes the agent's user. First argument:
 * \`docker\`, \`docker-by-script\` or \`no-docker\`.
 *
 * An image that has all of it is taken as it is, without any network. The lists of apt are locked by nobody else from
 * then on: what a distribution does to them by itself would meet a job's own first \`apt-get\`.
 */
export const installScript = `#!/bin/bash
set -euo pipefail
docker=$1
# shellcheck source=/dev/null
. /etc/os-release
case " $ID \${ID_LIKE:-} " in
  *' debian '* | *' ubuntu '*) ;;
  *)
    echo "this image is of \${PRETTY_NAME:-$ID}, and bases are built from Debian and Ubuntu images alone; use one, or make a base by hand that keeps the guest contract (CONTRACT.md) and say baseMade: true"
    exit 1
    ;;
esac

systemctl --quiet mask --now apt-daily.timer apt-daily-upgrade.timer apt-daily.service apt-daily-upgrade.service \
  unattended-upgrades.service 2>/dev/null

# Each entry is a package, or several of which the first that the distribution has is taken.
packages=()
# The same, left out where the distribution has none of them.
optional=()
lacks() { ! command -v "$1" >/dev/null; }
if lacks curl; then packages+=(curl); fi
if lacks sudo; then packages+=(sudo); fi
if lacks git; then packages+=(git); fi
# The agent's own update needs it.
if lacks ping; then packages+=(iputils-ping); fi
if ! [ -e /etc/ssl/certs/ca-certificates.crt ]; then packages+=(ca-certificates); fi
# Without these there is no user session: no loginctl and no systemctl --user.
if ! compgen -G '/usr/lib/*/security/pam_systemd.so' >/dev/null; then packages+=(libpam-systemd); fi
if ! [ -e /usr/lib/systemd/user/dbus.socket ]; then packages+=(dbus-user-session); fi
if [ "$docker" = docker ]; then
  if lacks dockerd; then packages+=(docker.io); fi
  if lacks docker; then packages+=('docker-cli docker.io'); fi
  if lacks iptables; then packages+=(iptables); fi
  if lacks docker-compose && ! docker compose version >/dev/null 2>&1; then
    optional+=('docker-compose-v2 docker-compose')
  fi
  if ! docker buildx version >/dev/null 2>&1; then optional+=('docker-buildx docker-buildx-plugin'); fi
fi

${installPackages}
if [ "$docker" = docker ]; then
  systemctl --quiet enable docker.service
elif [ "$docker" = no-docker ]; then
  for unit in docker.service docker.socket containerd.service; do
    systemctl --quiet disable --now "$unit" 2>/dev/null || true
  done
fi

getent group ${AGENT_USER.name} >/dev/null || groupadd --gid ${AGENT_USER.gid} ${AGENT_USER.name}
getent passwd ${AGENT_USER.name} >/dev/null ||
  useradd --uid ${AGENT_USER.uid} --gid ${AGENT_USER.gid} --home-dir ${AGENT_USER.home} --create-home --shell /bin/bash ${AGENT_USER.name}
if [ "$(id -u ${AGENT_USER.name}):$(id -g ${AGENT_USER.name})" != ${AGENT_USER.uid}:${AGENT_USER.gid} ]; then
  echo 'this image has a user ${AGENT_USER.name} of its own that is not ${AGENT_USER.uid}:${AGENT_USER.gid}; use an image without one'
  exit 1
fi
# The system of the guest gives devices that there may be to these groups, whatever mode they are given with.
for group in docker kvm render video; do
  if getent group "$group" >/dev/null; then usermod --append --groups "$group" ${AGENT_USER.name}; fi
done
# Its user manager comes with the boot: no job has to log in first.
mkdir -p /var/lib/systemd/linger
touch /var/lib/systemd/linger/${AGENT_USER.name}
mkdir -p /etc/tmpfiles.d /etc/sudoers.d /usr/local/lib/iap
`;

/**
 * Installs the libraries of the unpacked agent where they are missing, by the agent's own script, which knows them for
 * every distribution. What is looked for is what config.sh would refuse to start without.
 */
export const librariesScript = `#!/bin/bash
set -euo pipefail
cd ${AGENT_USER.home}
if ! [ -x config.sh ] || ! [ -x run.sh ]; then
  echo 'the agent package holds no config.sh and run.sh'
  exit 1
fi
[ -x bin/Agent.Listener ] || exit 0
starts() {
  timeout 60 setpriv --reuid=${AGENT_USER.uid} --regid=${AGENT_USER.gid} --clear-groups --no-new-privs \
    env -i HOME=${AGENT_USER.home} PATH="$PATH" LANG=C.UTF-8 ./bin/Agent.Listener --version
}
if starts >/dev/null 2>&1; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -y -o Acquire::Retries=3 -o APT::Update::Error-Mode=any update
./bin/installdependencies.sh
if ! starts; then
  echo 'the agent does not start in this base'
  exit 1
fi
`;

/**
 * Takes away what belongs to this one instance, and what a copy would do over again at its first boot. The argument is that of
 * {@link ipv6Off}.
 */
export const cleanScript = `#!/bin/bash
set -uo pipefail
${ipv6Off}

apt-get clean
rm -rf /var/lib/apt/lists/*
sed -i "/[[:space:]]$HOSTNAME\\$/d" /etc/hosts 2>/dev/null
rm -f /etc/hostname /var/lib/dbus/machine-id /var/lib/systemd/random-seed /root/.bash_history
rm -rf /var/lib/systemd/network/* /var/lib/dhcp/*
find /var/tmp /tmp -mindepth 1 -xdev -delete 2>/dev/null
find /var/log -type f -delete
mkdir -p ${LOG_DIRECTORY}
: >/etc/machine-id
ldconfig
touch /etc/.updated /var/.updated
exit 0
`;

/** The guest's own /tmp in memory, as a whole unit, since not every distribution has one to change. */
export function tmpMount(sizeBytes: number): string {
  return `[Unit]
Description=Temporary files in memory
DefaultDependencies=no
ConditionPathIsSymbolicLink=!/tmp
Conflicts=umount.target
Before=local-fs.target umount.target
After=swap.target

[Mount]
What=tmpfs
Where=/tmp
Type=tmpfs
Options=mode=1777,strictatime,nosuid,nodev,size=${sizeBytes}

[Install]
WantedBy=local-fs.target
`;
}
