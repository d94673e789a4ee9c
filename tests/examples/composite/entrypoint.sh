#!/bin/sh
# Applies the migrations when asked to, then becomes the command.
set -eu

if [ "${RUN_MIGRATIONS:-0}" = 1 ]; then
    /app/bin/atlas migrate apply --config "file://${ATLAS_CONFIG}" --env "${ATLAS_ENV}"
fi

exec "$@"
