#!/bin/sh
# Shows that the images would work, where there is no Docker: builds the binaries with the Dockerfile's commands, puts each
# into a root file system that has what its image has (the binary, the C library, manifests, secrets), and runs all four
# there with Bubblewrap: read-only, as user 65532, without any capability, in trusted mode over a MariaDB that takes TLS
# only. Then it uses them. Needs Debian 12 (as the images have), about ten minutes and 3 GB in target/try.
set -eu
cd "$(dirname "$0")/../.."

fail() {
    echo "error: $1" >&2
    exit 1
}
for tool in bwrap:bubblewrap mariadb-install-db:mariadb-server openssl:openssl curl:curl npm:npm; do
    command -v "${tool%%:*}" >/dev/null || fail "${tool%%:*} is missing: apt-get install ${tool##*:}"
done

try=$PWD/target/try
PATH=$try/tools/bin:/usr/sbin:$PATH
[ -x "$try/tools/bin/cargo-chef" ] && [ -x "$try/tools/bin/cargo-auditable" ] ||
    cargo install --locked --root "$try/tools" cargo-chef@0.1.77 cargo-auditable@0.7.5

commit=$(git rev-parse --short HEAD)
echo "== The stages of the Dockerfile: plan, dependencies, build (commit $commit)"
export CARGO_TARGET_DIR="$try/target"
rm -rf "$try/plan" "$try/build" "$try/out" "$try/roots" "$try/run"
mkdir -p "$try/plan" "$try/build" "$try/out" "$try/roots" "$try/run"
git archive "$commit" | tar -x -C "$try/plan"
(cd "$try/plan" && cargo chef prepare --recipe-path "$try/build/recipe.json")
(cd "$try/build" && cargo chef cook --release --workspace --bins --recipe-path recipe.json)
git archive "$commit" | tar -x -C "$try/build"
"$try/build/deploy/images/build.sh" "$try/out"
ls -l "$try/out"

echo "== A MariaDB that takes TLS only, with a certificate of its own authority"
cd "$try/run"
cleanup() {
    # shellcheck disable=SC2046 # process ids
    kill $(cat ./*.pid 2>/dev/null) 2>/dev/null || true
}
trap cleanup EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=An authority" \
    -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr 2>/dev/null
printf 'subjectAltName=DNS:localhost' >names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem 2>/dev/null
mariadb-install-db --no-defaults --datadir="$PWD/data" --auth-root-authentication-method=normal --skip-test-db \
    --user="$(id -un)" >install.log
mariadbd --no-defaults --datadir="$PWD/data" --socket="$PWD/socket" --bind-address=127.0.0.1 --port=23306 --user="$(id -un)" \
    --ssl-ca="$PWD/ca.pem" --ssl-cert="$PWD/server.pem" --ssl-key="$PWD/server.key" --require-secure-transport=ON \
    >database.log 2>&1 &
echo $! >database.pid
sql() {
    mariadb --no-defaults --socket="$PWD/socket" --user=root --batch --skip-column-names --execute "$1"
}
for _ in $(seq 100); do
    sql "SELECT 1" >/dev/null 2>&1 && break
    sleep 0.2
done
sql "SELECT 1" >/dev/null || { tail -5 database.log; fail "MariaDB did not start"; }
head -c 32 /dev/urandom | base64 >jwt
for name in books customers accounts orders payments delivery reviews; do
    sql "CREATE DATABASE $name; CREATE USER $name@'%' IDENTIFIED BY 'of-$name' REQUIRE SSL; GRANT ALL ON $name.* TO $name@'%'"
    printf 'mysql://%s:of-%s@localhost:23306/%s' "$name" "$name" "$name" >"$name-url"
done

echo "== Roots as those of the images"
# Root becomes another user first; others are what they are.
drop=
[ "$(id -u)" != 0 ] || drop="setpriv --reuid 65532 --regid 65532 --clear-groups"
# A root for the part $1: what the images have, and secrets that only their user reads.
root() {
    root=$try/roots/$1
    mkdir -p "$root/usr/local/bin" "$root/etc/bookstore" "$root/run/secrets" "$root/proc" "$root/dev" "$root/empty"
    cp "$try/out/$1" "$root/usr/local/bin/"
    cp -r "$try/out/manifests" ca.pem "$root/etc/bookstore/"
    cp jwt books-url customers-url accounts-url orders-url payments-url delivery-url reviews-url "$root/run/secrets/"
    printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
    printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
    # The libraries that it names, as distroless/cc has them.
    ldd "$root/usr/local/bin/$1" | grep -o '/[^ ]*' | while read -r library; do
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done
    [ -z "$drop" ] || chown -R 65532:65532 "$root/run/secrets"
    chmod -R go= "$root/run/secrets"
}
# Runs the part $1 with the arguments behind it, in an empty folder of its root, and no other setting than those in `settings`.
boxed() {
    part=$1
    shift
    # shellcheck disable=SC2086 # they are words
    exec $drop bwrap --ro-bind "$try/roots/$part" / --proc /proc --dev /dev --remount-ro / --unshare-user --uid 65532 --gid 65532 \
        --unshare-pid --unshare-ipc --unshare-uts --cap-drop ALL --die-with-parent --chdir /empty --clearenv \
        $settings "/usr/local/bin/$part" "$@"
}
common="--setenv ACCOUNTS_URL http://127.0.0.1:23003/graphql --setenv GRAPH_DOCUMENTS trusted --setenv JWT_SECRET_FILE /run/secrets/jwt --setenv STOP_GRACE 1s"
upstreams="--setenv BOOKS_URL http://127.0.0.1:23001/graphql --setenv CUSTOMERS_URL http://127.0.0.1:23002/graphql --setenv ORDERS_URL http://127.0.0.1:23004/graphql --setenv PAYMENTS_URL http://127.0.0.1:23005/graphql --setenv DELIVERY_URL http://127.0.0.1:23006/graphql --setenv REVIEWS_URL http://127.0.0.1:23008/graphql"
manifests=/etc/bookstore/manifests
settings_of() {
    case $1 in
        book-service | customer-service | account-service | order-service | payment-service | delivery-service | review-service)
            name=BOOKS file=books port=23001
            [ "$1" != customer-service ] || name=CUSTOMERS file=customers port=23002
            [ "$1" != account-service ] || name=ACCOUNTS file=accounts port=23003
            [ "$1" != order-service ] || name=ORDERS file=orders port=23004
            [ "$1" != payment-service ] || name=PAYMENTS file=payments port=23005
            [ "$1" != delivery-service ] || name=DELIVERY file=delivery port=23006
            [ "$1" != review-service ] || name=REVIEWS file=reviews port=23008
            echo "$common --setenv ${name}_LISTEN 127.0.0.1:$port --setenv ${name}_DATABASE_URL_FILE /run/secrets/$file-url" \
                "--setenv ${name}_DATABASE_TLS verify --setenv ${name}_DATABASE_TLS_CA /etc/bookstore/ca.pem" \
                "--setenv GRAPH_MANIFESTS $manifests/web-bff.json,$manifests/mobile-bff.json"
            ;;
        web-bff) echo "$common $upstreams --setenv WEB_BFF_LISTEN 127.0.0.1:28081" ;;
        mobile-bff) echo "$common $upstreams --setenv MOBILE_BFF_LISTEN 127.0.0.1:28082" ;;
        bookstore) echo "--setenv JWT_SECRET_FILE /run/secrets/jwt" ;;
    esac
}
for part in bookstore book-service customer-service account-service order-service payment-service delivery-service review-service web-bff mobile-bff; do
    root $part
done
find "$try/roots/web-bff" -type f | sed "s|$try/roots/web-bff||" | sort

echo "== Migrations alone, then all parts"
for part in book-service customer-service account-service order-service payment-service delivery-service review-service; do
    settings=$(settings_of $part)
    (boxed $part migrate)
done
for part in book-service customer-service account-service order-service payment-service delivery-service review-service web-bff mobile-bff; do
    settings=$(settings_of $part)
    (boxed $part 2>"$part.log") &
    echo $! >"$part.pid"
done
for part in book-service customer-service account-service order-service payment-service delivery-service review-service web-bff mobile-bff; do
    settings=$(settings_of $part)
    for _ in $(seq 100); do
        (boxed $part health 2>/dev/null) && break
        sleep 0.2
    done
    (boxed $part health) || { cat "$part.log"; fail "$part is not well"; }
    # The part itself is the child of Bubblewrap's own first process.
    process=$(pgrep -f "^/usr/local/bin/$part$" | tail -1)
    echo "$part: $(grep -E '^(Uid|CapEff|NoNewPrivs)' "/proc/$process/status" | tr -s '\t\n' ' ') root: $(awk '$5 == "/" {print $6}' "/proc/$process/mountinfo")"
done

echo "== Used"
settings=$(settings_of bookstore)
token=$( (boxed bookstore token --sub gamora --ttl 10m))
say() {
    echo "\$ $1"
    shift
    curl -sS -w '\n   -> %{http_code}\n' -H "Authorization: Bearer $token" "$@"
}
book='{"ISBN":"978-1","title":"Awesome Mix","Author":"Peter Quill","description":"Songs","genre":"non-fiction","price":59.95,"quantity":106}'
customer='{"userId":"groot@example.com","name":"Groot","phone":"+1-412","address":"1 Tree","city":"Pittsburgh","state":"PA","zipcode":"15213"}'
json="Content-Type: application/json"
say "web: POST /books" -H "X-Client-Type: Web" -H "$json" -d "$book" http://127.0.0.1:28081/books
say "web: GET /books/978-1" -H "X-Client-Type: Web" http://127.0.0.1:28081/books/978-1
say "mobile: GET /books/978-1" -H "X-Client-Type: iOS" http://127.0.0.1:28082/books/978-1
say "mobile: POST /customers" -H "X-Client-Type: Android" -H "$json" -d "$customer" http://127.0.0.1:28082/customers
say "web: GET /customers?userId=" -H "X-Client-Type: Web" "http://127.0.0.1:28081/customers?userId=groot@example.com"
say "book service: a document that nobody trusts" -H "$json" -d '{"query":"{ books { nodes { isbn } } }"}' http://127.0.0.1:23001/graphql | tee untrusted
grep -q DOCUMENT_NOT_TRUSTED untrusted || fail "the book service ran a document that nobody trusts"
echo "TLS connections that MariaDB accepted: $(sql "SHOW GLOBAL STATUS LIKE 'Ssl_finished_accepts'" | cut -f2)"
echo "Accounts: $(sql "SELECT GROUP_CONCAT(user, ' ', ssl_type) FROM mysql.user WHERE user IN ('books', 'customers', 'accounts', 'orders', 'payments', 'delivery', 'reviews')")"

echo "== Stopped"
for part in web-bff mobile-bff book-service customer-service account-service order-service payment-service delivery-service review-service; do
    kill "$(pgrep -f "^/usr/local/bin/$part$" | tail -1)"
    wait "$(cat "$part.pid")" && echo "$part ended with 0" || echo "$part ended with $?"
    rm "$part.pid"
done
