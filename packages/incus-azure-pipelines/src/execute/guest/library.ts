import type { GuestFile } from './guest-file.js';

/** The shell functions that the guest's scripts share. */
export const library: GuestFile = {
  path: '/usr/local/lib/iap/library.sh',
  mode: 0o644,
  content: `# shellcheck shell=bash
# What the scripts beside this file share.

run=/run/iap
activation=$run/activation
home=/home/agent
path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

say() {
  local TZ=UTC
  printf '%(%Y-%m-%d %H:%M:%SZ)T %s\\n' -1 "$*"
}

# The value of an instance key, or nothing where the key is not set. Fails when Incus gives no answer.
instance_key() {
  local answer
  answer=$(curl --silent --show-error --max-time 5 --write-out '\\n%{http_code}' \\
    --unix-socket /dev/incus/sock "http://incus/1.0/config/$1") || return 1
  case $answer in
    *$'\\n'200) printf '%s' "\${answer%$'\\n'200}" ;;
    *$'\\n'404) ;;
    *) return 1 ;;
  esac
}

# Ready or Started: the only word that the host hears from this instance.
set_state() {
  curl --silent --show-error --fail --max-time 5 --request PATCH --data "{\\"state\\":\\"$1\\"}" \\
    --unix-socket /dev/incus/sock http://incus/1.0
}

# Runs a command as the agent's user: its groups, the pool's variables, and nothing else of this environment.
# It is env that sets them, because names such as agent.disableupdate are beyond what a shell can export.
as_agent() {
  local variables=() session=/run/user/1100
  # Where its user manager runs, jobs find it: systemctl --user.
  [ ! -d "$session" ] || variables=(XDG_RUNTIME_DIR="$session")
  if [ -e "$activation/environment" ]; then
    mapfile -d '' -t -O "\${#variables[@]}" variables <"$activation/environment"
  fi
  local command=(setpriv --reuid=agent --regid=agent --init-groups
    env --ignore-environment HOME="$home" LANG=C.UTF-8 PATH="$path" "\${variables[@]}")
  if [ ! -e "$run/way-out.env" ]; then
    "\${command[@]}" "$@"
    return
  fi
  # The password of a proxy is no argument, not even for a moment: the agent's user reads it from root's open file.
  # shellcheck disable=SC2016
  "\${command[@]}" bash -c 'while IFS= read -r -u 4 pair; do [ -v "\${pair%%=*}" ] || export "\${pair?}"; done
    exec 4<&-; unset pair OLDPWD PWD SHLVL; exec "$@"' way-out "$@" 4<"$run/way-out.env"
}

# Ends whatever still runs as the agent's user: signal 9 to all that this user may signal.
end_agent_processes() {
  setpriv --reuid=agent --regid=agent --clear-groups bash -c 'kill -9 -1' 2>/dev/null
  return 0
}

# Says "finished" and gives the host three seconds to fetch the last log lines.
finish() {
  local waited
  set_state Ready || return 0
  for ((waited = 0; waited < 3000; waited += 25)); do
    [ -e "$run/collected" ] && return 0
    sleep 0.025
  done
}
`,
};
