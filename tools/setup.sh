#!/usr/bin/env bash
# Make .venv with the locked packages and qingyuan itself. Safe to run again; says what to do when it cannot go on.
set -euo pipefail
cd "$(dirname "$0")/.."
VENV=${VENV:-.venv}; LOG=$VENV/setup.log
say() { printf '[setup] %s\n' "$*"; }
fail() { printf '[setup] %s\n' "$*" >&2; exit 1; }
new_enough() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
logged() { "$@" >>"$LOG" 2>&1; }
fail_logged() { tail -n 15 "$LOG" >&2; fail "$*"; }

if [ ! -x "$VENV/bin/python" ]; then
  for PY in ${PY:-python3 python3.13 python3.12 python3.11}; do new_enough "$PY" && break; done
  new_enough "$PY" || fail "Python 3.11 or newer is needed; install it, or set PY=/path/to/python3.11, then: make setup"
  say "making $VENV with $("$PY" --version)"
  "$PY" -m venv "$VENV" || { rm -rf "$VENV"; fail "could not make $VENV; on Debian: apt-get install python3-venv, then: make setup"; }
fi
new_enough "$VENV/bin/python" || fail "$VENV holds an older Python; remove it with: make clean, then: make setup"
: >"$LOG"

if ! logged "$VENV/bin/python" -m uv --version; then
  say "fetching the installer"
  logged "$VENV/bin/python" -m pip install -q uv || say "no fast installer to be had; going on with pip"
fi
say "installing locked packages (first time: up to a few minutes)"
# The fast installer does not read pip's settings; give it the index that pip uses here.
INDEX=$("$VENV/bin/python" -m pip config get global.index-url 2>/dev/null || true)
if ! { logged "$VENV/bin/python" -m uv --version \
       && logged env VIRTUAL_ENV="$VENV" ${INDEX:+UV_DEFAULT_INDEX="$INDEX"} UV_HTTP_TIMEOUT=20 \
            "$VENV/bin/python" -m uv pip install -q --require-hashes -r requirements.lock; }; then
  say "going on with pip (slower)"
  logged "$VENV/bin/python" -m pip install -q --require-hashes -r requirements.lock \
    || fail_logged "packages could not be installed; check that the package index can be reached, then: make setup"
fi
logged "$VENV/bin/python" -m pip install -q --no-deps --no-build-isolation --no-index -e . \
  || fail_logged "qingyuan itself could not be installed; make clean, then: make setup"
"$VENV/bin/python" -m qingyuan.cli.messages compile
rm -f "$LOG"
say "ready: $VENV/bin/qingyuan"
