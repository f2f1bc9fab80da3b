import { defaultRoute } from './default-route.js';
import type { GuestFile } from './guest-file.js';

/** Waits until the instance can take an agent, then says so to the host. */
export const preparedScript: GuestFile = {
  path: '/usr/local/lib/iap/prepared',
  mode: 0o755,
  content: `#!/bin/bash
# Waits until this instance can take an agent, then says so to the host. The unit bounds the whole wait.
set -u
. /usr/local/lib/iap/library.sh

# An instance that had its agent was used, whatever brought it here again: it is never prepared twice.
used() {
  local activated
  [ -e "$activation.tar" ] || [ -e "$activation" ] && return 0
  until activated=$(instance_key user.iap.activated); do sleep 0.1; done
  [ -n "$activated" ]
}

${defaultRoute}

# A network without a way out has no default route, and the server is in it. Nothing is sent.
route_to() {
  # shellcheck disable=SC2016
  timeout 2 bash -c ': >"/dev/udp/$0/9"' "$1" 2>/dev/null
}

docker_wanted() {
  command -v dockerd >/dev/null &&
    { systemctl --quiet is-enabled docker.service || systemctl --quiet is-enabled docker.socket; } 2>/dev/null
}

# Programs look up their own host name; it is new in every copy and the base cannot know it.
grep -Fqw -- "$HOSTNAME" /etc/hosts 2>/dev/null || printf '127.0.1.1\\t%s\\n' "$HOSTNAME" >>/etc/hosts

state=$(systemctl is-system-running --wait)
say "The system is $state."
if [ "$state" = degraded ]; then
  say "Failed units: $(systemctl list-units --failed --plain --no-legend | cut -d ' ' -f 1 | paste -sd ' ')"
fi

if used; then
  say 'This instance had its agent already: it is not prepared again.'
  exit 0
fi

until server=$(instance_key user.iap.server); do sleep 0.1; done
# In a URL an IPv6 address stands in brackets.
server=\${server#[} server=\${server%]}

for ((looks = 1; ; looks++)); do
  if default_route; then break; fi
  if [ -n "$server" ] && ((looks % 10 == 0)) && route_to "$server"; then break; fi
  sleep 0.1
done

if [ -n "$server" ]; then
  until timeout 10 getent ahosts "$server" >/dev/null; do sleep 0.1; done
fi

# Asking docker's socket starts docker where its socket does so, and the answer waits until it is there.
if docker_wanted; then
  until curl --silent --fail --max-time 30 --unix-socket /run/docker.sock http://docker/_ping >/dev/null; do sleep 0.1; done
fi

used && exit 0
say 'Prepared.'
# Incus may be away for a moment, and nobody else will say it.
until set_state Ready; do
  sleep 0.5
  used && exit 0
done
`,
};

/** Runs {@link preparedScript} beside the boot: a oneshot here would wait for the target that waits for it. */
export const preparedUnit: GuestFile = {
  path: '/etc/systemd/system/iap-prepared.service',
  mode: 0o644,
  content: `[Unit]
Description=Tell the host when this instance is prepared

[Service]
Type=exec
ExecStart=/usr/local/lib/iap/prepared
RuntimeMaxSec=600
StandardOutput=append:/var/log/iap/prepared.log
StandardError=inherit

[Install]
WantedBy=multi-user.target
`,
};
