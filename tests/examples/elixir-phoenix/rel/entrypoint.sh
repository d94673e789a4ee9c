#!/bin/sh
set -eu

bin/shop eval "Shop.Release.migrate()"
exec "$@"
