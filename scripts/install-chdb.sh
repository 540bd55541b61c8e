#!/bin/sh
# Installs chdb (ClickHouse in a process, half a gigabyte) for the contract of observations, beside the checkout's own packages.
set -eu
directory="$(cd "$(dirname "$0")/.." && pwd)/.chdb"
mkdir -p "$directory"
cd "$directory"
[ -f package.json ] || printf '{ "private": true }\n' > package.json
npm install --save-exact --ignore-scripts --no-audit --no-fund chdb@3.4.0
echo "Installed in $directory: npx jest test/contract/observations-clickhouse uses it."
