//! A MariaDB server of the test run's own: in a temporary folder, on a free port, gone with the process.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::port::free_port;

/// What the tests sign in with; the password has characters that a URL must escape.
const USER: &str = "bookstore";
const PASSWORD: &str = "p%40ss-w%2Frd";
const PASSWORD_PLAIN: &str = "p@ss-w/rd";
/// How long the server may take to start.
const START_WITHIN: Duration = Duration::from_secs(60);

/// A running server.
pub struct MariaDb {
    folder: PathBuf,
    port: u16,
    // The server ends when this process does, however it ends: its keeper reads from a pipe that this
    // process holds, and takes the server down when the pipe closes.
    _keeper: Child,
}

impl MariaDb {
    /// The server that all tests of this process share.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<MariaDb> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// A new server.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// A new server with further options, such as `--ssl-cert=…`.
    pub fn start_with(options: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder").keep();
        install(&folder);
        let port = free_port();
        let keeper = start_server(&folder, port, options);
        let server = Self { folder, port, _keeper: keeper };
        server.wait();
        server.run(&format!("CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD_PLAIN}'; GRANT ALL ON *.* TO {USER}@'%'"));
        server
    }

    /// The URL of the database `name`.
    pub fn url(&self, name: &str) -> String {
        format!("mysql://{USER}:{PASSWORD}@127.0.0.1:{}/{name}", self.port)
    }

    /// What lets `replica` follow this server, which must have been started with a binary log.
    pub fn replicate_to(&self, replica: &Self) {
        let position = self.run("SELECT @@GLOBAL.gtid_binlog_pos");
        let (position, port) = (position.trim(), self.port);
        replica.run(&format!(
            "SET GLOBAL gtid_slave_pos = '{position}'; \
            CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port}, MASTER_USER = '{USER}', \
            MASTER_PASSWORD = '{PASSWORD_PLAIN}', MASTER_USE_GTID = slave_pos; START SLAVE"
        ));
    }

    /// Runs SQL as the server's administrator; gives what it printed, columns parted by tabs.
    #[track_caller]
    pub fn run(&self, sql: &str) -> String {
        let output = self.client(sql).output().expect("the client mariadb starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{sql}: {complaint}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Ends all connections of the bookstore, as a restart of the server would.
    pub fn cut_connections(&self, database: &str) {
        let list = format!("SELECT id FROM information_schema.processlist WHERE db = '{database}'");
        for id in self.run(&list).lines() {
            self.run(&format!("KILL CONNECTION {id}"));
        }
    }

    /// The statements that `work` made the server run, as its general log has them, without those by which
    /// the driver sets up a connection.
    pub async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        self.run("SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = ON");
        let result = work.await;
        self.run("SET GLOBAL general_log = OFF");
        let log = "SELECT REPLACE(CONVERT(argument USING utf8mb4), '\\n', ' ') FROM mysql.general_log \
            WHERE command_type IN ('Query', 'Execute') AND user_host LIKE 'bookstore%' \
            AND argument NOT LIKE 'SELECT @@%' AND argument NOT LIKE 'SET %'";
        (result, self.run(log).lines().map(str::to_owned).collect())
    }

    fn client(&self, sql: &str) -> Command {
        let mut client = Command::new("mariadb");
        let socket = self.folder.join("socket");
        client.args(["--no-defaults", "--batch", "--skip-column-names", "--user=root", "--execute", sql]);
        client.arg(format!("--socket={}", socket.display()));
        client
    }

    fn wait(&self) {
        let started = Instant::now();
        while !self.client("SELECT 1").output().is_ok_and(|output| output.status.success()) {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(started.elapsed() < START_WITHIN, "MariaDB did not start:\n{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn install(folder: &Path) {
    let mut command = tool("mariadb-install-db");
    command.args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"]);
    command.args(places(folder)).args(as_root());
    let output = command.output().expect("mariadb-install-db starts");
    assert!(output.status.success(), "mariadb-install-db failed: {}", String::from_utf8_lossy(&output.stderr));
}

fn start_server(folder: &Path, port: u16, options: &[&str]) -> Child {
    let keep = r#"folder=$1; shift; "$@" >"$folder/log" 2>&1 & read -r _; kill -9 $!; wait; rm -rf "$folder""#;
    let server = tool("mariadbd");
    let mut keeper = Command::new("sh");
    keeper.args(["-c", keep, "keeper"]).arg(folder).arg(server.get_program());
    keeper.args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=64M"]);
    keeper.args(["--max-connections=500", "--skip-log-bin"]);
    keeper.args(places(folder)).arg(format!("--port={port}"));
    keeper.arg(format!("--socket={}", folder.join("socket").display())).args(as_root()).args(options);
    keeper.stdin(Stdio::piped()).spawn().expect("sh starts")
}

/// Where a server keeps its things. Its temporary files need a folder of their own as well: a server that
/// starts clears away those that it finds, also when they are another's.
fn places(folder: &Path) -> [String; 2] {
    let temporary = folder.join("tmp");
    std::fs::create_dir_all(&temporary).expect("a folder for temporary files");
    [format!("--datadir={}", folder.join("data").display()), format!("--tmpdir={}", temporary.display())]
}

/// MariaDB refuses to run as root unless it is told to.
fn as_root() -> Option<&'static str> {
    let mut uid = Command::new("id").arg("-u").stdout(Stdio::piped()).spawn().expect("id starts");
    let mut text = String::new();
    uid.stdout.take().expect("its output").read_to_string(&mut text).expect("a number");
    let _ = uid.wait();
    (text.trim() == "0").then_some("--user=root")
}

/// A program of MariaDB, which may be where only root looks for programs.
fn tool(name: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    match folders.find(|folder| folder.join(name).is_file()) {
        Some(folder) => Command::new(folder.join(name)),
        None => panic!("{name} is missing: install MariaDB (apt-get install mariadb-server), or run deploy/test.sh"),
    }
}
