#!/bin/sh
# Prints the manifests of a release: production with images from REGISTRY by their digests, so that what was tested and
# signed is what runs. Pipe it to `kubectl apply -f -`.
set -eu
cd "$(dirname "$0")/../.."

[ $# = 10 ] || { echo "usage: render.sh REGISTRY WEB-BFF MOBILE-BFF BOOK-SERVICE CUSTOMER-SERVICE ACCOUNT-SERVICE ORDER-SERVICE PAYMENT-SERVICE DELIVERY-SERVICE REVIEW-SERVICE (digests, as sha256:…)" >&2; exit 64; }
registry=$1
shift
mkdir -p target
overlay=$(mktemp -d target/render.XXXXXX)
trap 'rm -rf "$overlay"' EXIT
{
    echo 'resources: [../../deploy/kubernetes/production]'
    echo 'images:'
    for part in web-bff mobile-bff book-service customer-service account-service order-service payment-service delivery-service review-service; do
        echo "  - {name: ghcr.io/example/bookstore/$part, newName: $registry/$part, digest: '$1'}"
        shift
    done
} >"$overlay/kustomization.yaml"
kubectl kustomize "$overlay"
