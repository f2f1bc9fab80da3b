#!/bin/bash
# Registers as FAKE_SCHEME says and, like a careless program, leaves a process behind that knows the token.
[ "$(id -u)" = 1100 ] && [ -n "$VSTS_AGENT_INPUT_TOKEN" ] || exit 1
printf 'config.sh %s\n' "$*"
printf '\xef\xbb\xbf{\n  "scheme": "%s",\n  "data": {}\n}' "${FAKE_SCHEME:-OAuth}" >.credentials
setsid sleep 1000 &
