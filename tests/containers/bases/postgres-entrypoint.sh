#!/bin/sh
# Sets up an empty data folder as the postgres image does, then starts the server.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --username "$POSTGRES_USER" --pwfile "$POSTGRES_PASSWORD_FILE" \
        --auth-local trust --auth-host scram-sha-256 >/dev/null
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    # Like the image's, this server hears nobody but the socket.
    pg_ctl --wait --options "-c listen_addresses='' -c unix_socket_directories=/tmp" start >/dev/null
    createdb --username "$POSTGRES_USER" "$POSTGRES_DB"
    pg_ctl --wait --mode fast stop >/dev/null
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/tmp
