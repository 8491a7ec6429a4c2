#!/bin/sh
# The entry point of a container: initializes the database, then becomes the application (the arguments).
# However many containers start at the same moment, one initializes, and the others wait for it and find nothing to do.
#
# The container's environment says the rest:
#   DATABASE_URL          postgres://user:password@host:5432/database?sslmode=require
#   MIGRATION_PATH        an init script, or a migration folder
#   DB_RETRY_ATTEMPTS     how often to try to connect while the server starts (5)
#   DB_RETRY_DELAY        the pause between two attempts (5s)
#   DB_MARKER             with an init script: the table that says that it has run
set -eu
migrations init --create ${DB_MARKER:+--marker "$DB_MARKER"}
exec "$@"
