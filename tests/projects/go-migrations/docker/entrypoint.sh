#!/bin/sh
set -eu

if [ "${SKIP_MIGRATIONS:-}" != "true" ]; then
    goose -dir "$GOOSE_DIR" "$GOOSE_DRIVER" "$DATABASE_URL" up
fi

exec "$@"
