#!/usr/bin/env bash
# Types on one core, and lint, imports and formatting on another. Fails if any of them does, once all have said what is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
npm run typecheck &
types=$!
failed=0
for check in lint imports format:check; do npm run "$check" || failed=1; done
wait "$types" || failed=1
exit "$failed"
