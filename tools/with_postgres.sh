#!/usr/bin/env bash
# Run a command beside a PostgreSQL of its own, which is made for it and removed after: tools/with_postgres.sh CMD ...
# The command finds it by QINGYUAN_DATABASE_URL. Exit code 3: there is no PostgreSQL here.
set -euo pipefail
BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$BIN" ] || BIN=$(dirname "$(command -v initdb 2>/dev/null || echo /)")
[ -x "$BIN/initdb" ] || { echo "[postgres] there is no PostgreSQL; on Debian: apt-get install postgresql" >&2; exit 3; }
PLACE=$(mktemp -d); OWNER=$(id -un)
as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then                    # PostgreSQL refuses to run as root
  OWNER=postgres; chown postgres "$PLACE"; chmod 755 "$PLACE"
  as_owner() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@"); }
fi
stop() { as_owner "$BIN/pg_ctl" -D "$PLACE/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$PLACE"; }
trap stop EXIT
as_owner "$BIN/initdb" -D "$PLACE/data" -A trust -U qingyuan --encoding=UTF8 --locale=C.UTF-8 >/dev/null
as_owner "$BIN/pg_ctl" -D "$PLACE/data" -w -l "$PLACE/log" \
  -o "-k $PLACE -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60" start >/dev/null \
  || { cat "$PLACE/log" >&2; exit 1; }
chmod 755 "$PLACE"
as_owner "$BIN/createdb" -h "$PLACE" -U qingyuan qingyuan
export QINGYUAN_DATABASE_URL="postgresql://qingyuan@/qingyuan?host=$PLACE"
"$@"
