#!/bin/sh
# A cluster of three MariaDB nodes (Galera) on 127.0.0.1 to .3, behind HAProxy, for tests and demos:
#   run.sh start      starts it within half a minute and prints the services' settings
#   run.sh status     what each node and HAProxy say
#   run.sh kill N     kill -9 of node N; `run.sh node N` starts it again, and it catches up
#   run.sh stop       ends all of it and removes its data
# GALERA_DIR is its folder (default: /tmp/bookstore-galera-UID), GALERA_PORT HAProxy's port (default: 13300); the nodes
# use GALERA_PORT + 6 to + 9. A MariaDB of the system is not touched.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=${GALERA_DIR:-/tmp/bookstore-galera-$(id -u)}
port=${GALERA_PORT:-13300}
sql_port=$((port + 6)) group_port=$((port + 7)) ist_port=$((port + 8)) sst_port=$((port + 9))
provider=/usr/lib/galera/libgalera_smm.so
PATH=$PATH:/usr/sbin:/usr/local/sbin
user=bookstore password=bookstore

fail() {
    echo "error: $1" >&2
    exit 1
}

# Installs the Debian package $2 unless $1 is there, or says how. No server of it is left running that was not before.
need() {
    if command -v "$1" >/dev/null 2>&1 || [ -e "$1" ]; then
        return
    fi
    root=""
    if [ "$(id -u)" != 0 ]; then
        root="sudo -n"
    fi
    echo "installing $2" >&2
    policy=/usr/sbin/policy-rc.d
    [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null && $root chmod +x $policy && ours=1; }
    $root apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive $root apt-get install -q -y "$2" >/dev/null || true
    [ -z "${ours:-}" ] || $root rm -f $policy
    command -v "$1" >/dev/null 2>&1 || [ -e "$1" ] || fail "$1 is missing: apt-get install $2"
}

# Root's nodes run as mysql: the rsync that copies data to a new node would not write as root.
as_mysql() {
    if [ "$(id -u)" = 0 ]; then echo --user=mysql; fi
}

own() { # folder
    if [ "$(id -u)" = 0 ]; then chown -R mysql: "$1"; fi
}

sql() { # node, statement
    mariadb --no-defaults --batch --skip-column-names --user=root --socket="$dir/$1/socket" --execute "$2" 2>/dev/null
}

state() { # node: Synced, Donor/Desynced, Joined …, or nothing
    sql "$1" "SHOW STATUS LIKE 'wsrep_local_state_comment'" | cut -f2
}

alive() { # what: whether the process of this pid file lives
    [ -e "$dir/$1.pid" ] && kill -0 "$(cat "$dir/$1.pid")" 2>/dev/null
}

start_node() { # node, further options
    node=$1
    shift
    # Dead nodes are dropped from the group after 2 s rather than 5: these ones are all on one machine.
    evs="evs.keepalive_period=PT0.5S;evs.inactive_check_period=PT0.25S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S"
    listen="gmcast.listen_addr=tcp://127.0.0.$node:$group_port;ist.recv_addr=127.0.0.$node:$ist_port"
    # shellcheck disable=SC2046
    ${RUN_AS:-setsid} mariadbd --no-defaults $(as_mysql) --datadir="$dir/$node/data" --tmpdir="$dir/$node/tmp" \
        --socket="$dir/$node/socket" --pid-file="$dir/$node/mariadbd.pid" --bind-address="127.0.0.$node" --port=$sql_port \
        --skip-name-resolve --max-connections=300 --innodb-buffer-pool-size=64M --skip-log-bin \
        --binlog-format=ROW --default-storage-engine=InnoDB --innodb-autoinc-lock-mode=2 \
        --wsrep-on=ON --wsrep-provider=$provider --wsrep-cluster-name=bookstore --wsrep-node-name="node$node" \
        --wsrep-cluster-address="gcomm://127.0.0.1:$group_port,127.0.0.2:$group_port,127.0.0.3:$group_port" \
        --wsrep-node-address="127.0.0.$node" --wsrep-sst-method=rsync \
        --wsrep-sst-receive-address="127.0.0.$node:$sst_port" \
        --wsrep-provider-options="base_port=$group_port;gcache.size=64M;$evs;$listen" "$@" \
        </dev/null >>"$dir/$node/log" 2>&1 &
    echo $! >"$dir/$node.pid"
}

# A node that died still has most of the data: where it was is found in its files, and it is sent only what came since, by
# the node that has fewer connections, so not by the writer.
rejoin() { # node
    RUN_AS="env" start_node "$1" --wsrep-recover
    wait "$(cat "$dir/$1.pid")" || true
    position=$(sed -n 's/.*WSREP: Recovered position: *//p' "$dir/$1/log" | tail -n 1)
    donor=$(for other in 1 2 3; do
        [ $other = "$1" ] || echo "$(sql $other "SHOW STATUS LIKE 'Threads_connected'" | cut -f2) $other"
    done | sort -n | awk 'NF == 2 { print $2; exit }')
    start_node "$1" ${position:+--wsrep-start-position="$position"} --wsrep-sst-donor="node$donor,"
    wait_synced "$1"
}

wait_synced() { # node
    tries=0
    until [ "$(state "$1")" = Synced ]; do
        tries=$((tries + 1))
        alive "$1" && [ $tries -lt 600 ] || fail "node $1 did not join: $(tail -n 5 "$dir/$1/log")"
        sleep 0.1
    done
}

install_nodes() {
    mkdir -p "$dir/1/tmp"
    own "$dir/1"
    # shellcheck disable=SC2046
    mariadb-install-db --no-defaults $(as_mysql) --datadir="$dir/1/data" --tmpdir="$dir/1/tmp" \
        --auth-root-authentication-method=normal --skip-test-db >"$dir/install.log" 2>&1 ||
        fail "mariadb-install-db failed: $(tail -n 5 "$dir/install.log")"
    # The others begin with the same files; what they lack comes from the group.
    for node in 2 3; do
        mkdir -p "$dir/$node/tmp"
        cp -r "$dir/1/data" "$dir/$node/data"
        own "$dir/$node"
    done
}

start_haproxy() {
    sed -e "s|@DIR@|$dir|g" -e "s|@PORT@|$port|g" -e "s|@SQL_PORT@|$sql_port|g" -e "s|@CHECK@|$here/synced.sh|g" \
        -e "s|@PATH@|$PATH|g" "$here/haproxy.cfg" >"$dir/haproxy.cfg"
    setsid haproxy -db -f "$dir/haproxy.cfg" </dev/null >"$dir/haproxy.log" 2>&1 &
    echo $! >"$dir/haproxy.pid"
}

start() {
    if alive haproxy; then fail "it is running already: $0 status, or $0 stop"; fi
    need mariadbd mariadb-server
    need $provider galera-4
    need rsync rsync
    need lsof lsof
    need haproxy haproxy
    [ ! -e "$dir" ] || [ -e "$dir/ours" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty: set GALERA_DIR"
    stop
    mkdir -p "$dir"
    [ "$(stat -c %u "$dir")" = "$(id -u)" ] || fail "$dir is somebody else's: set GALERA_DIR"
    touch "$dir/ours"
    install_nodes
    start_node 1 --wsrep-new-cluster
    wait_synced 1
    sql 1 "CREATE DATABASE books; CREATE DATABASE customers; CREATE USER $user@'%' IDENTIFIED BY '$password';
        GRANT ALL ON books.* TO $user@'%'; GRANT ALL ON customers.* TO $user@'%'"
    start_node 2
    wait_synced 2
    start_node 3
    wait_synced 3
    start_haproxy
    tries=0
    until mariadb --no-defaults -h127.0.0.1 -P"$port" -u$user -p$password -e "SELECT 1" >/dev/null 2>&1; do
        tries=$((tries + 1))
        alive haproxy && [ $tries -lt 200 ] || fail "HAProxy does not answer: $(tail -n 5 "$dir/haproxy.log")"
        sleep 0.1
    done
    # The driver would go round HAProxy by the node's socket file, if it was let.
    for service in books customers; do
        name=$(echo "$service" | tr '[:lower:]' '[:upper:]')
        echo "${name}_DATABASE_URL='mysql://$user:$password@127.0.0.1:$port/$service?prefer_socket=false'"
    done
}

status() {
    for node in 1 2 3; do
        size=$(sql $node "SHOW STATUS LIKE 'wsrep_cluster_size'" | cut -f2 || true)
        echo "node $node on 127.0.0.$node:$sql_port: $(state $node || true) ${size:+of $size}"
    done
    alive haproxy && echo "HAProxy on 127.0.0.1:$port" || echo "HAProxy is down"
}

kill_node() {
    alive "$1" || fail "node $1 is not running"
    kill -9 "$(cat "$dir/$1.pid")"
}

stop() {
    [ -e "$dir/ours" ] || return 0
    for what in haproxy 3 2 1; do
        if alive $what; then kill -9 "$(cat "$dir/$what.pid")"; fi
    done
    rm -rf "$dir"
}

case "${1:-}:${2:-}" in
start:) start ;;
status:) status ;;
stop:) stop ;;
kill:[123]) kill_node "$2" ;;
node:[123])
    if alive "$2"; then fail "node $2 is running"; fi
    rejoin "$2"
    ;;
*) fail "usage: $0 start | status | kill N | node N | stop" ;;
esac
