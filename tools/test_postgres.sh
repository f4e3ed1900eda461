#!/usr/bin/env bash
# The console's tests once more, on PostgreSQL; without PostgreSQL it says so and passes.
set -uo pipefail
cd "$(dirname "$0")/.."
BIN=${1:-.venv/bin}
echo "[test] the console's tests on PostgreSQL"
bash tools/with_postgres.sh "$BIN/python" -m pytest -n 2 --dist loadgroup -m "not browser" tests/console
code=$?
[ $code -ne 3 ] || { echo "[test] skipped: no PostgreSQL here"; code=0; }
exit $code
