#!/usr/bin/env bash
# The tests, and the checks beside them: many tests wait for processes of their own, and leave a core idle. What the checks have found is printed
# when the tests have ended. Fails if either does. Arguments are Jest's.
set -uo pipefail
cd "$(dirname "$0")/.."
found=$(mktemp)
trap 'rm -f "$found"' EXIT
scripts/check.sh > "$found" 2>&1 &
checks=$!
trap 'kill "$checks" 2> /dev/null; exit 130' INT TERM
npx jest "$@"
tests=$?
wait "$checks"
failed=$?
if [ "$failed" != 0 ]; then
  cat "$found"
  echo 'The checks above have failed (npm run check).'
fi
exit "$((tests != 0 || failed != 0))"
