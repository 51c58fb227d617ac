#!/bin/sh
# Runs all tests, after installing what they need. Arguments go to `cargo test`.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "error: $1" >&2
    exit 1
}

# Installs a Debian package that brings the program $1, or says how.
need() {
    if command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ]; then
        return
    fi
    root=""
    if [ "$(id -u)" != 0 ]; then
        root="sudo -n"
    fi
    echo "installing $2, which the tests need"
    if command -v apt-get >/dev/null 2>&1 && $root true 2>/dev/null; then
        export DEBIAN_FRONTEND=noninteractive
        $root apt-get update -q >/dev/null && $root apt-get install -q -y "$2" >/dev/null && return
    fi
    fail "$1 is missing and could not be installed: apt-get install $2 (or your system's package of it)"
}

command -v cargo >/dev/null 2>&1 || fail "cargo is missing: install Rust 1.95 or later from https://rustup.rs"
need cc gcc
need curl curl
need mariadbd mariadb-server
if [ ! -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; then
    need rabbitmq-server rabbitmq-server # carries events between processes
fi
need nginx nginx-light # the stock front doors, tested as the built-in one is
need haproxy haproxy
need openssl openssl
need prometheus prometheus # reads the metrics, the dashboard's queries and the alerts
need npm npm # brings GraphiQL into the binary, and the audits of GraphQL over HTTP
if [ ! -x /usr/bin/chromium ]; then
    need chromium chromium # uses the pages for people
fi

# The tests start the real binaries of all parts.
cargo build --workspace --bins
cargo test --workspace "$@"
