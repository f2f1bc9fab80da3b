import type { GuestFile } from './guest-file.js';

/** Unpacks the activation and gives the agent its registration. */
export const registerScript: GuestFile = {
  path: '/usr/local/lib/iap/register',
  mode: 0o755,
  content: `#!/bin/bash
# Unpacks the activation and gives the agent its registration: by config.sh where a token came with it, else by
# putting the pushed credentials in place. The token is gone, and so is every process that saw it, when this ends.
set -uo pipefail
. /usr/local/lib/iap/library.sh

# The machine goes when this unit fails; the host first gets the chance to read why.
fail() {
  end_agent_processes
  rm -rf "$activation" "$activation.tar" "$home/.credentials" "$home/.credentials_rsaparams"
  say "error: $*"
  finish
  exit 1
}

# The path unit fires on the first byte of the file. Its last member says that all of it has come.
unpack() {
  local waited
  for ((waited = 0; waited < 10000; waited += 50)); do
    if [ "$(tar --list --file="$activation.tar" 2>/dev/null | tail -n 1)" = complete ]; then
      mkdir -m 0700 "$activation" &&
        tar --extract --file="$activation.tar" --directory="$activation" --numeric-owner --same-owner --same-permissions &&
        rm -f "$activation.tar"
      return
    fi
    sleep 0.05
  done
  return 1
}

# config.sh notes some variables in .env, a line each, which later takes the place of what the agent is given: a value of
# several lines would lose all but the first. The pool's variables come with every start, so the note is not needed.
keep_env_file() {
  [ ! -e "$home/.env" ] || cp --archive "$home/.env" "$activation/.env"
}

restore_env_file() {
  rm -f "$home/.env"
  [ ! -e "$activation/.env" ] || mv "$activation/.env" "$home/.env"
}

# The token goes from the deleted file's open descriptor into the environment of config.sh, never into an argument.
register() {
  local code
  exec 3<"$activation/token" || return 1
  rm -f "$activation/token"
  cd "$home" || return 1
  # shellcheck disable=SC2016
  as_agent timeout --kill-after=5 120 bash -c \\
    'IFS= read -r VSTS_AGENT_INPUT_TOKEN; export VSTS_AGENT_INPUT_TOKEN; exec "$@" </dev/null' config \\
    ./config.sh --unattended --acceptTeeEula --auth pat --url "$(<"$activation/url")" \\
    --pool "$(<"$activation/pool")" --agent "$(<"$activation/name")" --work "$(<"$activation/work")" <&3 3<&-
  code=$?
  exec 3<&-
  return "$code"
}

oauth() {
  grep -Eq '"scheme"[[:space:]]*:[[:space:]]*"OAuth"' "$home/.credentials"
}

set_state Started || say 'Incus did not take the state Started.'
unpack || fail 'unpack the activation: it did not come whole within 10 seconds'

if [ -e "$activation/way-out" ]; then
  bash "$activation/way-out" || fail 'tell this machine of the proxies: the output stands above'
  rm -f "\${activation:?}/way-out"
fi

if [ -e "$activation/token" ]; then
  keep_env_file || fail 'register the agent: its .env cannot be copied'
  register
  code=$?
  restore_env_file
  [ "$code" -ne 124 ] || fail 'register the agent: config.sh did not end within 120 seconds'
  [ "$code" -eq 0 ] || fail "register the agent: config.sh ended with code $code; its output stands above"
  [ -e "$home/.credentials" ] || fail 'register the agent: config.sh ended well but left no .credentials'
  oauth || fail 'register the agent: .credentials is not of scheme OAuth, so it holds the token itself; it was deleted. The server gave the agent no authorization of its own, which is not safe here.'
  say 'Registered.'
else
  for name in .agent .credentials .credentials_rsaparams; do
    install --owner=agent --group=agent --mode=0600 "$activation/$name" "$home/$name" ||
      fail "install the registration: $name is missing in the activation, which has no token either"
    rm -f "\${activation:?}/$name"
  done
  oauth || fail 'install the registration: .credentials is not of scheme OAuth'
  say 'Took the registration made by the host.'
fi
exit 0
`,
};

/**
 * Runs {@link registerScript}. Without RemainAfterExit systemd ends all that the unit left before the agent's unit
 * may start.
 */
export const registerUnit: GuestFile = {
  path: '/etc/systemd/system/iap-register.service',
  mode: 0o644,
  content: `[Unit]
Description=Register the agent
FailureAction=poweroff-force

[Service]
Type=oneshot
ExecStart=/usr/local/lib/iap/register
TimeoutStartSec=150
KillSignal=SIGKILL
StandardOutput=append:/var/log/iap/register.log
StandardError=inherit
`,
};
