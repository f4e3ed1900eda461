#!/usr/bin/env bash
# Make .venv with the locked packages and qingyuan itself. Safe to run again.
set -euo pipefail
PY=${PY:-python3}; VENV=${VENV:-.venv}
say() { printf '[setup] %s\n' "$*"; }
fail() { printf '[setup] %s\n' "$*" >&2; exit 1; }

"$PY" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  || fail "Python 3.11 or newer is needed; set PY=/path/to/python3.11 and run make setup again."
[ -x "$VENV/bin/python" ] || { say "making $VENV"; "$PY" -m venv "$VENV" \
  || fail "could not make $VENV; on Debian install python3-venv and run make setup again."; }
if ! "$VENV/bin/python" -m uv --version >/dev/null 2>&1; then
  say "fetching the installer"; "$VENV/bin/python" -m pip install -q uv >/dev/null 2>&1 || true
fi
say "installing locked packages (first time: about a minute)"
if "$VENV/bin/python" -m uv --version >/dev/null 2>&1 \
   && VIRTUAL_ENV="$VENV" "$VENV/bin/python" -m uv pip install -q --require-hashes -r requirements.lock; then :; else
  "$VENV/bin/python" -m pip install -q --require-hashes -r requirements.lock 2>/dev/null \
    || fail "packages could not be installed; check that the package index is reachable, then run make setup again."
fi
"$VENV/bin/python" -m pip install -q --no-deps --no-build-isolation --no-index -e . 2>/dev/null \
  || fail "qingyuan itself could not be installed; see the lines above, or run make clean and make setup."
"$VENV/bin/python" -m qingyuan.cli.messages compile
say "ready: $VENV/bin/qingyuan"
