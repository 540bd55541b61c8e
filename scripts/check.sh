#!/usr/bin/env bash
# Formatting on one core, lint with types, and imports, on another. Fails if any of them does, once all have said what is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
npm run format:check &
format=$!
failed=0
for check in lint imports; do npm run "$check" || failed=1; done
wait "$format" || failed=1
exit "$failed"
