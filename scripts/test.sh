#!/usr/bin/env bash
# The tests, and the checks beside them with what processor time they leave: many tests wait for other processes or for time-outs. Fails if either does.
# Arguments are for jest.
set -uo pipefail
cd "$(dirname "$0")/.."
said=$(mktemp)
nice -n 5 scripts/check.sh > "$said" 2>&1 &
check=$!
trap 'kill "$check" 2> /dev/null; rm -f "$said"' EXIT
failed=0
npx --no-install jest "$@" || failed=1
wait "$check" || failed=1
cat "$said"
exit "$failed"
