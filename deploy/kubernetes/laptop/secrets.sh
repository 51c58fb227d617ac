#!/bin/sh
# Makes the secrets of this overlay, 32 random bytes each, where they are not there yet.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
for name in jwt root books customers accounts orders payments delivery reviews; do
    [ -s "secrets/$name" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"secrets/$name"
done
for name in books customers accounts orders payments delivery reviews; do
    printf 'mysql://%s:%s@database:3306/%s' "$name" "$(cat "secrets/$name")" "$name" >"secrets/${name}_url"
done
