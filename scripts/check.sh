#!/usr/bin/env bash
# Lint, types, imports and formatting. Fails if any of them does, once all have said what is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
for check in lint typecheck imports format:check; do npm run "$check" || failed=1; done
exit "$failed"
