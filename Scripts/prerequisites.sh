#!/usr/bin/env bash
# Installs the C libraries the packages build against, and `ip` and `tc` for stories on real processes in network
# namespaces, where they are missing. The Swift toolchain is expected to be here.
set -euo pipefail
command -v swift >/dev/null || { echo "swift is missing: install the Swift 6.3 toolchain from swift.org" >&2; exit 1; }

missing=()
[ -e /usr/include/sqlite3.h ] || missing+=(libsqlite3-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
if [ "$(uname -s)" = Linux ]; then
    # What only the administrator runs is not on every path.
    PATH="$PATH:/usr/sbin:/sbin"
    { command -v ip && command -v tc; } >/dev/null || missing+=(iproute2)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || { echo "install: ${missing[*]}" >&2; exit 1; }
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
