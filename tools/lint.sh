#!/usr/bin/env bash
# Style, types, floors, file sizes; each tool speaks only when it finds something.
set -uo pipefail
cd "$(dirname "$0")/.."
BIN=${1:-.venv/bin}; FAILED=0
step() {
  local name=$1 out; shift
  if out=$("$@" 2>&1); then printf '[lint] %-13s ok\n' "$name"
  else printf '%s\n[lint] %-13s found something, see above\n' "$out" "$name"; FAILED=1; fi
}
step ruff "$BIN/ruff" check --quiet .
step mypy "$BIN/mypy"
step import-linter "$BIN/lint-imports" --no-cache
step sizes "$BIN/python" tools/sizes.py
exit $FAILED
