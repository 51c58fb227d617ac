//! Front doors that are not ours, as `deploy/front-door` sets them up: Debian's nginx and HAProxy, started for real.

use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::process::free_address;

/// The stock front doors.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Nginx,
    HaProxy,
}

/// A front door on a free address, ended with its test.
pub struct Door {
    pub address: String,
    child: Child,
    _folder: TempDir,
}

impl Door {
    /// Starts a front door before these two BFFs; `changes` are made to its configuration.
    pub async fn start(kind: Kind, web: &str, mobile: &str, changes: &[(&str, &str)]) -> Self {
        let (folder, address) = (TempDir::new().unwrap(), free_address());
        let mut command = match kind {
            Kind::Nginx => nginx(&folder, &address, web, mobile, changes),
            Kind::HaProxy => haproxy(&folder, &address, web, mobile, changes),
        };
        let child = command.stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
        let mut door = Self { address, child, _folder: folder };
        while TcpStream::connect(&door.address).is_err() {
            assert!(door.child.try_wait().unwrap().is_none(), "{kind:?} does not start; it says why above");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        door
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // nginx ends its workers only when it is asked to end.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

fn nginx(folder: &TempDir, address: &str, web: &str, mobile: &str, changes: &[(&str, &str)]) -> Command {
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};", folder.path().join(name).display()));
    let places = format!("http {{\n{}", places.join("\n"));
    let ours = [("127.0.0.1:8081", web), ("127.0.0.1:8082", mobile), ("listen 8080", &format!("listen {address}"))];
    let config = changed(include_str!("../../../../deploy/front-door/nginx.conf"), &[("http {", &places)]);
    let path = written(folder, "nginx.conf", &changed(&changed(&config, &ours), changes));
    let mut command = Command::new(tool("nginx", "nginx-light"));
    command.arg("-p").arg(folder.path()).arg("-c").arg(path).args(["-e", "stderr"]);
    command.arg("-g").arg(format!("daemon off; pid {};", folder.path().join("pid").display()));
    command
}

fn haproxy(folder: &TempDir, address: &str, web: &str, mobile: &str, changes: &[(&str, &str)]) -> Command {
    let config = changed(include_str!("../../../../deploy/front-door/haproxy.cfg"), changes);
    let mut command = Command::new(tool("haproxy", "haproxy"));
    command.arg("-f").arg(written(folder, "haproxy.cfg", &config));
    command.envs([("GATEWAY_LISTEN", address), ("WEB_BFF", web), ("MOBILE_BFF", mobile)]);
    command
}

/// A configuration with other words in some places, each of which must be there.
fn changed(config: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(config.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "the configuration does not say {from:?}");
        text.replace(from, to)
    })
}

fn written(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

/// A program that may be where only root looks for programs.
fn tool(name: &str, package: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders.find(|folder| folder.join(name).is_file());
    found.unwrap_or_else(|| panic!("{name} is missing: apt-get install {package}, or run deploy/test.sh")).join(name)
}
