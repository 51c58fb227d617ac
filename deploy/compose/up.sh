#!/bin/sh
# Starts the whole system with Docker Compose: makes the secrets at the first run, builds the images, and waits until all
# parts are well. Arguments go to `docker compose up`. To end it: docker compose down (`--volumes` removes the data too).
set -eu
cd "$(dirname "$0")"

# A secret of 32 random bytes in hexadecimal digits, unless it is there. Containers read the files as a user of their own,
# so the folder keeps others out, not the files.
umask 077
mkdir -p secrets
secret() {
    [ -s "secrets/$1" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"secrets/$1"
}
for name in jwt_secret database_root_password books_password customers_password accounts_password orders_password payments_password delivery_password reviews_password broker_password \
    grafana_password; do
    secret "$name"
done
for name in books customers accounts orders payments delivery reviews; do
    printf 'mysql://%s:%s@database:3306/%s' "$name" "$(cat "secrets/${name}_password")" "$name" >"secrets/${name}_database_url"
done
printf 'amqp://bookstore:%s@broker:5672/%%2f' "$(cat secrets/broker_password)" >secrets/amqp_url
printf 'default_user = bookstore\ndefault_pass = %s\n' "$(cat secrets/broker_password)" >secrets/broker_user
chmod 644 secrets/*

docker compose up --build --wait "$@"
cat <<'END'

The bookstore is open:
  front door   http://127.0.0.1:8080
  Grafana      http://127.0.0.1:3000   (admin, the password is in secrets/grafana_password)
  Prometheus   http://127.0.0.1:9090
  traces       http://127.0.0.1:16686

Books to begin with, and a token:
  docker compose run --rm -T tools import - <../../services/bookstore/sample/books.jsonl
  TOKEN=$(docker compose run --rm tools token)
  curl -H "Authorization: Bearer $TOKEN" -H "X-Client-Type: Web" http://127.0.0.1:8080/books?limit=3
END
