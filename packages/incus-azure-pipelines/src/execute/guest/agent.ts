import type { GuestFile } from './guest-file.js';

/** Runs the agent for one job, then powers the machine off. */
export const agentScript: GuestFile = {
  path: '/usr/local/lib/iap/agent',
  mode: 0o755,
  content: `#!/bin/bash
# Runs the agent for one job, then powers the machine off.
set -u
. /usr/local/lib/iap/library.sh

cd "$home" || exit 1
as_agent ./run.sh --once </dev/null
code=$?
say "run.sh ended with code $code."

# A killed run.sh leaves its listener behind, which must not take a job while this machine goes.
[ "$code" -lt 128 ] || end_agent_processes
finish
poweroff -f
`,
};

/**
 * Runs {@link agentScript}. Whatever ends it, its cgroup is killed at once and the machine goes. A job may use all the
 * processes the instance has, and an OOM kill inside the job is the job's, not the agent's.
 */
export const agentUnit: GuestFile = {
  path: '/etc/systemd/system/iap-agent.service',
  mode: 0o644,
  content: `[Unit]
Description=Azure Pipelines agent, for one job
Requires=iap-register.service
After=iap-register.service
SuccessAction=poweroff-force
FailureAction=poweroff-force

[Service]
Type=exec
ExecStart=/usr/local/lib/iap/agent
KillMode=control-group
KillSignal=SIGKILL
TimeoutStopSec=2
OOMPolicy=continue
TasksMax=infinity
LimitNOFILE=65536:524288
StandardOutput=append:/var/log/iap/agent.log
StandardError=inherit
`,
};

/** Starts the agent when the activation is there, also when it came before this unit did. */
export const activationUnit: GuestFile = {
  path: '/etc/systemd/system/iap-activation.path',
  mode: 0o644,
  content: `[Unit]
Description=Start the agent when it is activated

[Path]
PathExists=/run/iap/activation.tar
Unit=iap-agent.service

[Install]
WantedBy=multi-user.target
`,
};
