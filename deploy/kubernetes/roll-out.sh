#!/bin/sh
# Brings a release to the cluster that kubectl speaks to: first the migrations, and when they are done the parts, each
# replaced without a gap. Arguments as for render.sh. A part that does not become ready leaves the old one serving.
set -eu
cd "$(dirname "$0")"

manifests=$(mktemp)
trap 'rm -f "$manifests"' EXIT
./render.sh "$@" >"$manifests"

# A Job cannot be changed; what is gone of it is its record, not its work.
kubectl --namespace bookstore delete job --selector tier=migration --ignore-not-found
kubectl apply -f "$manifests" --selector '!tier'
kubectl apply -f "$manifests" --selector tier=migration
kubectl --namespace bookstore wait --for=condition=complete --timeout=30m job --selector tier=migration
kubectl apply -f "$manifests"
for part in book-service customer-service account-service order-service payment-service delivery-service review-service web-bff mobile-bff; do
    kubectl --namespace bookstore rollout status "deployment/$part" --timeout=10m
done
