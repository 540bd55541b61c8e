#!/usr/bin/env bash
# Lint, which takes longest, on one core, and types, imports and formatting on another. Fails if any of them does, once all have said what is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
npm run lint &
lint=$!
failed=0
for check in typecheck imports format:check; do npm run "$check" || failed=1; done
wait "$lint" || failed=1
exit "$failed"
