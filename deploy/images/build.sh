#!/bin/sh
# Builds what goes into the images, in the folder $1: the binaries, and the manifests that the services trust. The
# Dockerfile runs it, and try.sh. It needs cargo-auditable, which lists all crates inside the binaries, for scanners.
set -eu
cd "$(dirname "$0")/../.."

built=${CARGO_TARGET_DIR:-target}/release
cargo auditable build --release --locked --workspace --bins
mkdir -p "$1/manifests"
for part in bookstore book-service customer-service account-service order-service payment-service delivery-service review-service web-bff mobile-bff; do
    cp "$built/$part" "$1/"
done
# The services trust the documents that these very BFFs send.
for bff in web-bff mobile-bff; do
    "$1/$bff" documents >"$1/manifests/$bff.json"
done
