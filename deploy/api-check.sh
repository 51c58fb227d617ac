#!/bin/sh
# Holds the OpenAPI documents to Spectral with the rules of OWASP, to Redocly, and both BFFs of a running bookstore
# to their documents with Schemathesis: in a minute, or with `full` in 10,000 and more cases a BFF.
set -eu
cd "$(dirname "$0")/.."

mode=${1:-short}
tools=target/api-check
schemathesis=4.32.5
packages="@stoplight/spectral-cli@6.16.3 @stoplight/spectral-owasp-ruleset@2.0.1 @redocly/cli@2.77.0"
case $mode in
    short) effort="--max-examples 5" least=300 ;;
    full) effort="--max-examples 1000" least=10000 ;;
    *) echo "usage: deploy/api-check.sh [short|full]" >&2 && exit 64 ;;
esac

# Brings the tools into target/, unless they are there.
mkdir -p "$tools"
if [ "$(cat "$tools/brought" 2>/dev/null)" != "$schemathesis $packages" ]; then
    python3 -m venv "$tools/venv" || { echo "error: install Python 3.10 or later with venv: apt-get install python3-venv" >&2; exit 1; }
    "$tools/venv/bin/pip" install -q --disable-pip-version-check "schemathesis==$schemathesis"
    # shellcheck disable=SC2086 # the packages are words
    npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error --prefix "$tools" $packages
    echo "$schemathesis $packages" >"$tools/brought"
fi

# The rules name the documents from where they lie themselves.
for bff in bff-web bff-mobile; do
    mkdir -p "$tools/$bff"
    cp "$bff/openapi.json" "$tools/$bff/"
done
cp deploy/api/* graph/events/asyncapi.json "$tools/"
cargo build -q --bin bookstore
bookstore=$PWD/target/debug/bookstore
cd "$tools"
node_modules/.bin/spectral lint --ruleset spectral.yaml --fail-severity error bff-*/openapi.json
node_modules/.bin/spectral lint --ruleset asyncapi.yaml --fail-severity warn asyncapi.json
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node_modules/.bin/redocly lint bff-*/openapi.json 2>lint.log ||
    { cat lint.log; exit 1; }
echo "Redocly: no errors"

# A bookstore of its own, on free ports.
export BOOKSTORE_DATA_DIR="$PWD/data" RUST_LOG=error
rm -rf "$BOOKSTORE_DATA_DIR"
GATEWAY_LISTEN=127.0.0.1:0 WEB_BFF_LISTEN=127.0.0.1:0 MOBILE_BFF_LISTEN=127.0.0.1:0 \
    BOOKS_LISTEN=127.0.0.1:0 CUSTOMERS_LISTEN=127.0.0.1:0 ACCOUNTS_LISTEN=127.0.0.1:0 ORDERS_LISTEN=127.0.0.1:0 \
    PAYMENTS_LISTEN=127.0.0.1:0 DELIVERY_LISTEN=127.0.0.1:0 REVIEWS_LISTEN=127.0.0.1:0 "$bookstore" >started.log 2>log.txt &
running=$!
trap 'kill $running' EXIT
for _ in $(seq 300); do
    grep -q "Ctrl-C stops it" started.log && break
    sleep 0.2
done
grep -q "Ctrl-C stops it" started.log || { cat log.txt >&2; echo "error: the bookstore did not start in a minute" >&2; exit 1; }
token=$("$bookstore" token --ttl 1d)

# Holds the BFF at "$2", the $1 of the welcome, to its document.
check() {
    address=$(sed -n "s/^ *$1 BFF *\([^ ]*\).*/\1/p" started.log)
    # shellcheck disable=SC2086 # the effort is words
    venv/bin/st --config-file schemathesis.toml run "bff-$1/openapi.json" --url "$address" \
        --header "Authorization: Bearer $token" --no-color $effort >"$1.log" 2>&1 || { cat "$1.log"; exit 1; }
    cases=$(sed -n 's/^ *\([0-9]*\) generated.*/\1/p' "$1.log")
    echo "$1: $cases cases, no failure"
    [ "$cases" -ge "$least" ] || { echo "error: fewer than $least cases; see $PWD/$1.log" >&2; exit 1; }
}
check web
check mobile
