#!/usr/bin/env bash
# bench/compare.sh COMMIT [BENCH ...]: runs the benchmarks of COMMIT and of this checkout in turns, five times each, and prints the ratio of
# the medians, this checkout's to COMMIT's: above 1 is faster. BENCH is one of commands, queries, projection, feed, verify; default: all five.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
commit=$(git -C "$here" rev-parse --verify "$1^{commit}")
shift
there=$(mktemp -d)
trap 'git -C "$here" worktree remove --force "$there/checkout" 2>/dev/null; rm -rf "$there"' EXIT
git -C "$here" worktree add --quiet --detach "$there/checkout" "$commit"
(cd "$there/checkout" && npm ci --silent --no-audit --no-fund)
cd "$here" && npx tsx bench/compare.ts "$there/checkout" "$here" "${@:-commands queries projection feed verify}"
