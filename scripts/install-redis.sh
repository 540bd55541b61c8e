#!/usr/bin/env bash
# The tests of the read model in Redis run against redis-server processes of their own. Where it is missing, this installs it if it can
# (Debian and Ubuntu, as root) and otherwise says what to do: those tests are then reported as not run.
set -euo pipefail
command -v redis-server >/dev/null && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo 'redis-server is not installed, so the tests that need it will not run. On Debian: sudo apt-get install redis-server' >&2
  exit 0
fi
echo 'installing redis-server for the tests' >&2
export DEBIAN_FRONTEND=noninteractive
# The package would start a server of its own, which nobody needs here.
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$guard"
  chmod +x "$guard"
  trap 'rm -f "$guard"' EXIT
fi
apt-get install -y -q --no-install-recommends redis-server >&2 || { apt-get update -q >&2 && apt-get install -y -q --no-install-recommends redis-server >&2; } ||
  echo 'redis-server could not be installed, so the tests that need it will not run.' >&2
