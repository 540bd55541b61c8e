#!/usr/bin/env bash
# The tests of the read model in Redis run against redis-server processes of their own.
exec "$(dirname "$0")/install-package.sh" redis-server redis-server
