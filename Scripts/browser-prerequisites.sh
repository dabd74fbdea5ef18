#!/usr/bin/env bash
# Installs what the tests in a real browser need, where it is missing: Chromium, its driver, the tool that trusts a root,
# a Chinese font, and the Python packages of Tests/Browser/requirements.txt in an environment of their own, .browser/.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v chromedriver >/dev/null || missing+=(chromium-driver)
command -v certutil >/dev/null || missing+=(libnss3-tools)
command -v openssl >/dev/null || missing+=(openssl)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null || { echo "install: ${missing[*]}" >&2; exit 1; }
    sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || { echo "python3 is older than 3.11, which the browser tests' packages need: install a newer one" >&2; exit 1; }

# Made anew whenever the list has changed. The list is complete, so nothing is resolved.
wanted=Tests/Browser/requirements.txt
if ! cmp -s "$wanted" .browser/requirements.txt; then
    rm -rf .browser
    python3 -m venv .browser
    .browser/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
    cp "$wanted" .browser/requirements.txt
fi
