#!/usr/bin/env bash
# The tests of the dashboard run in the first of these that starts: $CHROMIUM, chromium, google-chrome, chromium-browser.
# Without one, this installs Debian's package as root, or says what to do, and those tests are reported as not run.
set -euo pipefail
found() {
  local browser
  for browser in "${CHROMIUM:-}" chromium google-chrome chromium-browser; do
    if [ -n "$browser" ] && "$browser" --version >/dev/null 2>&1; then
      echo "the tests of the dashboard run in $browser"
      return 0
    fi
  done
  return 1
}
found && exit 0
"$(dirname "$0")/install-package.sh" chromium chromium
found || echo "NO BROWSER: the tests of the dashboard will NOT run. Install Chromium or Chrome, or set CHROMIUM to one that starts." >&2
