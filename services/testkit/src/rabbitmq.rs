//! A RabbitMQ server of a test's own: in a temporary folder, on free ports, gone with the test.

use std::io::Write;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::port::free_port;

/// Where Debian's package has the server; it is not on the path of everybody.
const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";
/// How long the server may take to start.
const START_WITHIN: Duration = Duration::from_secs(60);

/// A running server, or one that was killed and can be started again with what it had.
pub struct RabbitMq {
    folder: PathBuf,
    ports: [u16; 3],
    // The server ends when this process does, however it ends: its keeper reads from a pipe that this process holds.
    keeper: Option<Child>,
}

impl RabbitMq {
    /// A new server.
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder").keep();
        std::fs::write(folder.join("plugins"), "[].").expect("a file");
        let mut server = Self { folder, ports: [free_port(), free_port(), free_port()], keeper: None };
        server.start_again();
        server
    }

    /// Its URL, as a service takes it.
    pub fn url(&self) -> String {
        format!("amqp://guest:guest@127.0.0.1:{}/%2f", self.ports[0])
    }

    /// Kills the server, as the loss of its machine would; what it wrote stays.
    pub fn kill(&mut self) {
        let Some(mut keeper) = self.keeper.take() else { return };
        if let Some(mut pipe) = keeper.stdin.take() {
            let _ = pipe.write_all(b"keep\n");
        }
        let _ = keeper.wait();
    }

    /// Starts the server that was killed.
    pub fn start_again(&mut self) {
        assert!(
            Path::new(SERVER).is_file(),
            "{SERVER} is missing: install RabbitMQ (apt-get install rabbitmq-server), or run deploy/test.sh"
        );
        let keep = r#"folder=$1; shift; setsid "$@" >>"$folder/log" 2>&1 & read -r word; kill -9 -$!; wait; epmd -kill
            [ "$word" ] || rm -rf "$folder""#;
        let mut keeper = Command::new("sh");
        keeper.args(["-c", keep, "keeper"]).arg(&self.folder).arg(SERVER).env_clear().envs(self.environment());
        let keeper = keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.keeper = Some(keeper.expect("sh starts"));
        self.wait();
    }

    /// Stops the server's processes without ending them, as a machine that hangs would; or lets them go on.
    pub fn freeze(&self, frozen: bool) {
        let signal = if frozen { "-STOP" } else { "-CONT" };
        let found = Command::new("pkill").args([signal, "-f", &format!("beam.*{}", self.folder.display())]).status();
        assert!(found.expect("pkill starts").success(), "the server has no process");
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        let [port, distribution, epmd] = self.ports.map(|port| port.to_string());
        let within = |name: &str| self.folder.join(name).display().to_string();
        let path = std::env::var_os("PATH").unwrap_or_default().to_string_lossy().into_owned();
        vec![
            ("PATH", format!("{path}:/usr/sbin:/usr/bin:/sbin:/bin")),
            ("HOME", within("")),
            ("RABBITMQ_NODENAME", format!("test{port}@localhost")),
            ("RABBITMQ_NODE_PORT", port),
            ("RABBITMQ_DIST_PORT", distribution),
            ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
            ("RABBITMQ_MNESIA_BASE", within("mnesia")),
            ("RABBITMQ_LOG_BASE", within("logs")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", within("plugins")),
            ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
            ("ERL_EPMD_PORT", epmd),
        ]
    }

    fn wait(&self) {
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.ports[0])).is_err() {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(started.elapsed() < START_WITHIN, "RabbitMQ did not start:\n{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for RabbitMq {
    fn drop(&mut self) {
        // The pipe closes, so the keeper clears everything away.
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        } else {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
