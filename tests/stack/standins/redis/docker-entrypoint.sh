#!/bin/sh
# What the official entry point does for us: options and configuration files start the server, as `redis` if we are root.
set -e
case $1 in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ] && [ "$(id -u)" = 0 ]; then
    chown -R redis:redis .
    exec setpriv --reuid redis --regid redis --clear-groups "$0" "$@"
fi
exec "$@"
