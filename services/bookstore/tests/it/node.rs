//! Programs of Node.js, and the packages of npm that they need.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// A script of `deploy/`, with the packages that it needs and their versions.
pub struct Script {
    /// The name of the file, without `.mjs`. Scripts in one folder share their packages.
    pub name: &'static str,
    pub packages: &'static [(&'static str, &'static str)],
}

/// How a script ended.
pub struct Report {
    pub succeeded: bool,
    pub text: String,
}

/// Tests that share a folder do not install into it at the same time.
static INSTALLING: Mutex<()> = Mutex::new(());

impl Script {
    /// Runs the script with `arguments`, after npm has brought what it needs.
    pub fn run(&self, arguments: &[&str]) -> Report {
        self.install();
        let file = format!("{}/../../deploy/{}.mjs", env!("CARGO_MANIFEST_DIR"), self.name);
        run(Command::new("node").arg(file).args(arguments).current_dir(self.folder()))
    }

    /// Where the packages are kept from one run to the next.
    pub fn folder(&self) -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.name.split('/').next().unwrap_or_default())
    }

    fn install(&self) {
        let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_complete() {
            return;
        }
        fs::create_dir_all(self.folder()).unwrap();
        let flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", "."];
        let packages = self.packages.iter().map(|(name, version)| format!("{name}@{version}"));
        let said = run(Command::new("npm").arg("install").args(flags).args(packages).current_dir(self.folder()));
        let hint = "check the connection to the npm registry";
        assert!(self.is_complete(), "npm could not bring what {} needs; {hint}:\n{}", self.name, said.text);
    }

    fn is_complete(&self) -> bool {
        self.packages.iter().all(|(name, version)| {
            let about = self.folder().join("node_modules").join(name).join("package.json");
            fs::read_to_string(about).is_ok_and(|about| about.contains(&format!("\"version\": \"{version}\"")))
        })
    }
}

fn run(command: &mut Command) -> Report {
    let output = command.output().unwrap_or_else(|error| {
        let program = command.get_program().display();
        panic!("{program} does not start ({error}): install Node.js 18 or later and npm, with apt-get install npm")
    });
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    Report { succeeded: output.status.success(), text }
}
