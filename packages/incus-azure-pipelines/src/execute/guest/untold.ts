import type { GuestFile } from './guest-file.js';

/** Ends an instance that was marked for an agent and never told of one. */
export const untoldScript: GuestFile = {
  path: '/usr/local/lib/iap/untold',
  mode: 0o755,
  content: `#!/bin/bash
# Ends this instance when it was marked as activated and two looks find that nothing has come of it: whoever marked it is
# gone, or it has been started again without its agent. It can have no job, and nobody may be left who knows that.
set -u
. /usr/local/lib/iap/library.sh

# Also while a job, which may delete any file, runs in the agent's unit, or where nobody says what the units are at.
told() {
  [ -e "$activation.tar" ] || [ -e "$activation" ] && return 0
  local states
  states=$(systemctl show --property=ActiveState --value iap-register.service iap-agent.service)
  [ "\${states//$'\\n'/}" != inactiveinactive ]
}

told && exit 0
activated=$(instance_key user.iap.activated) && [ -n "$activated" ] || exit 0
if [ "$(cat "$run/untold" 2>/dev/null)" = "$activated" ]; then
  say 'This instance was activated and told nothing: it ends.'
  poweroff -f
fi
printf '%s' "$activated" >"$run/untold"
`,
};

/** Runs {@link untoldScript}. */
export const untoldUnit: GuestFile = {
  path: '/etc/systemd/system/iap-untold.service',
  mode: 0o644,
  content: `[Unit]
Description=End this instance when it was activated and told nothing

[Service]
Type=oneshot
ExecStart=/usr/local/lib/iap/untold
StandardOutput=append:/var/log/iap/prepared.log
StandardError=inherit
`,
};

/** Looks rarely: a daemon that is there ends such an instance long before. */
export const untoldTimer: GuestFile = {
  path: '/etc/systemd/system/iap-untold.timer',
  mode: 0o644,
  content: `[Unit]
Description=Look now and then whether this instance was activated and told nothing

[Timer]
OnActiveSec=10min
OnUnitActiveSec=10min
AccuracySec=1min

[Install]
WantedBy=multi-user.target
`,
};
