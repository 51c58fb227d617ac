"""A MariaDB server of the run's own: in a temporary folder, on a free port, gone at the end."""

import os
import subprocess
from pathlib import Path

from . import tools
from .processes import Process, free_port, wait_until

USER, PASSWORD = "bench", "bench-password"


def migrate(kind: str, url: str) -> None:
    """Makes the tables of the bookstore's `books` or `customers` by its own migrations."""
    service = {"books": "book-service", "customers": "customer-service"}[kind]
    tools.run([str(tools.TARGET / "release" / service), "migrate"], **{f"{kind.upper()}_DATABASE_URL": url})


class MariaDb:
    """A running server, durable as in production: what was committed is on disk."""

    def __init__(self, folder: Path, buffer_pool: str):
        self.folder, self.port = folder, free_port()
        for name in ("data", "tmp"):
            (folder / name).mkdir(parents=True)
        as_root = ["--user=root"] if os.getuid() == 0 else []
        self.buffer_pool = buffer_pool
        self.places = [f"--datadir={folder / 'data'}", f"--tmpdir={folder / 'tmp'}", *as_root]
        tools.run(
            [tools.find("mariadb-install-db"), "--no-defaults", "--auth-root-authentication-method=normal",
             "--skip-test-db", *self.places]
        )  # fmt: skip
        self.start()
        self.sql(f"CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO {USER}@'127.0.0.1'")

    def start(self) -> None:
        """Starts the server, also again after it was killed; returns when it answers."""
        self.process = Process(
            "mariadb",
            [tools.find("mariadbd"), "--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve",
             "--skip-log-bin", "--max-connections=500", "--local-infile=0", "--secure-file-priv=",
             f"--innodb-buffer-pool-size={self.buffer_pool}", f"--port={self.port}",
             f"--socket={self.folder / 'socket'}", *self.places],
            self.folder / "mariadb.log",
        )  # fmt: skip
        wait_until(self._answers, self.process, 60)

    def url(self, database: str, scheme: str = "mysql") -> str:
        return f"{scheme}://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    def sql(self, text: str, database: str | None = None) -> str:
        """Runs SQL as the administrator; gives rows, columns parted by tabs."""
        return tools.run([*self._client(), *([f"--database={database}"] if database else []), "--execute", text])

    def _client(self) -> list[str]:
        socket = f"--socket={self.folder / 'socket'}"
        return [tools.find("mariadb"), "--no-defaults", "--batch", "--skip-column-names", "--user=root", socket]

    def _answers(self) -> bool:
        client = [*self._client(), "--execute", "SELECT 1"]
        return subprocess.run(client, capture_output=True, check=False).returncode == 0

    def version(self) -> str:
        return self.sql("SELECT VERSION()").strip()

    def make_peers(self) -> None:
        """The peers' database, with tables as they would write them."""
        self.sql("CREATE DATABASE peers")
        self.sql((tools.BENCH / "peers.sql").read_text(), "peers")

    def make_ours(self) -> None:
        """The bookstore's databases; its services make the tables."""
        self.sql("CREATE DATABASE books; CREATE DATABASE customers")
        migrate("books", self.url("books"))
        migrate("customers", self.url("customers"))

    def load_books(self, file: Path, peers: bool) -> None:
        """The books of a file into the bookstore's table, and into that of the peers."""
        columns = "isbn, title, author, description, genre"
        ours = f"({columns}, price_cents, quantity) SET isbn_key = isbn"
        self._load(file, "books", "books", ours)
        if peers:
            self._load(file, "peers", "books", f"({columns}, @cents, quantity) SET price = @cents / 100")

    def load_customers(self, file: Path) -> None:
        """The customers of a file into both kinds of table."""
        rest = "name, phone, address, address2, city, state, zipcode"
        self._load(file, "customers", "customers", f"(id, user_id, {rest}) SET user_key = LOWER(user_id)")
        self._load(file, "peers", "customers", f"(id, user_id, {rest})")

    def _load(self, file: Path, database: str, table: str, columns: str) -> None:
        """Loads a file in the place of what is there; indexes are built after it, which is several times quicker."""
        self.sql(f"TRUNCATE TABLE {table}", database)
        keys = self._keys(database, table)
        if keys:
            self.sql(f"ALTER TABLE {table} {', '.join(f'DROP KEY {name}' for name in keys)}", database)
        self.sql(f"LOAD DATA INFILE '{file}' INTO TABLE {table} CHARACTER SET utf8mb4 {columns}", database)
        if keys:
            self.sql(f"ALTER TABLE {table} {', '.join(f'ADD KEY {name} ({of})' for name, of in keys.items())}", database)
        self.sql(f"ANALYZE TABLE {table}", database)

    def _keys(self, database: str, table: str) -> dict[str, str]:
        """The plain indexes of a table, each with its columns."""
        columns = "GROUP_CONCAT(column_name ORDER BY seq_in_index)"
        which = f"table_schema = '{database}' AND table_name = '{table}' AND non_unique = 1 AND index_type = 'BTREE'"
        rows = self.sql(f"SELECT index_name, {columns} FROM information_schema.statistics WHERE {which} GROUP BY 1")
        return dict(row.split("\t") for row in rows.splitlines())
