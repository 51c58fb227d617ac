#!/bin/sh
# HAProxy's check of a node: it is good when it belongs to the majority and has all that was written (state 4).
# HAProxy gives: proxy address, proxy port, server address, server port.
set -eu
sql="SELECT COUNT(*) FROM information_schema.GLOBAL_STATUS WHERE (VARIABLE_NAME, VARIABLE_VALUE) IN
    (('WSREP_LOCAL_STATE', '4'), ('WSREP_READY', 'ON'), ('WSREP_CLUSTER_STATUS', 'Primary'))"
[ "$(mariadb --no-defaults -h"$3" -P"$4" -ubookstore -pbookstore --connect-timeout=2 -BNe "$sql")" = 3 ]
