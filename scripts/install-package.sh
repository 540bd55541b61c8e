#!/usr/bin/env bash
# install-package.sh COMMAND PACKAGE: installs what some tests need, if it is missing and this can install it (Debian and Ubuntu, as root).
# Otherwise it says what to do, and those tests are reported as not run.
set -euo pipefail
command=$1
package=$2
command -v "$command" >/dev/null && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "$command is not installed, so the tests that need it will not run. On Debian: sudo apt-get install $package" >&2
  exit 0
fi
echo "installing $package for the tests" >&2
export DEBIAN_FRONTEND=noninteractive
# The package would start a server of its own, which no test needs.
guard=/usr/sbin/policy-rc.d
if [ ! -e "$guard" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$guard"
  chmod +x "$guard"
  trap 'rm -f "$guard"' EXIT
fi
install() { apt-get install -y -q --no-install-recommends "$package" >&2; }
install || { apt-get update -q >&2 && install; } || echo "$package could not be installed, so the tests that need it will not run." >&2
