#!/bin/sh
# Installs the pinned uv into .tools with the given Python: `scripts/install-uv.sh python3`.
# Says in one line what is missing when that Python cannot.
set -eu
python=$1
pins=requirements-tools.lock

fail() {
    echo "$1" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    fail "Weightwise needs Python 3.11, 3.12 or 3.13, and there is no $python. Name one: make PYTHON=/path/to/python3.12"
# Old syntax on purpose: a Python 2 must be able to read this, too.
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
    fail "$python does not run. Name another one: make PYTHON=/path/to/python3.12"
case $version in
    3.11 | 3.12 | 3.13) ;;
    *) fail "Weightwise needs Python 3.11, 3.12 or 3.13, and $python is $version. Name another one: make PYTHON=/path/to/python3.12" ;;
esac

echo "Installing uv into .tools ..."
rm -rf .tools
if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    "$python" -m venv .tools
    .tools/bin/python -m pip install --quiet --no-user --require-hashes --requirement "$pins"
elif "$python" -m pip --version >/dev/null 2>&1; then
    # Some distributions ship pip without the parts that a virtual environment is made of.
    "$python" -m pip install --quiet --no-user --target .tools --require-hashes --requirement "$pins"
else
    fail "$python has neither pip nor ensurepip. On Debian or Ubuntu: apt install python3-venv"
fi
