#!/usr/bin/env bash
# Installs the C libraries the packages build against, where they are missing. The Swift toolchain is expected to be here.
set -euo pipefail
command -v swift >/dev/null || { echo "swift is missing: install the Swift 6.3 toolchain from swift.org" >&2; exit 1; }

missing=()
[ -e /usr/include/sqlite3.h ] || missing+=(libsqlite3-dev)
[ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || { echo "install the development files of: ${missing[*]}" >&2; exit 1; }
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
