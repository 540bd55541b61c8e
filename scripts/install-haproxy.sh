#!/usr/bin/env bash
# The test of a rolling restart runs HAProxy with the configuration that is shipped.
exec "$(dirname "$0")/install-package.sh" haproxy haproxy
