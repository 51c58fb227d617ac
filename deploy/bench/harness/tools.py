"""Programs that the run needs, and how to get those that are missing."""

import os
import shutil
import subprocess
from pathlib import Path

from .processes import Broken

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BUILT = TARGET / "bench"

# Each program, and the Debian package that has it.
PACKAGES = {
    "cargo": "none: install Rust from https://rustup.rs",
    "mariadbd": "mariadb-server",
    "mariadb": "mariadb-client",
    "mariadb-install-db": "mariadb-server",
    "wrk": "wrk",
    "haproxy": "haproxy",
    "node": "nodejs",
    "npm": "npm",
}


def find(name: str) -> str:
    """The path of a program; those of servers may be where only root looks."""
    folders = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    path = shutil.which(name, path=folders)
    if path is None:
        raise Broken(f"{name} is missing: apt-get install {PACKAGES[name]}")
    return path


def need(names: list[str]) -> None:
    """Raises Broken, naming all that are missing at once."""
    missing = []
    for name in names:
        try:
            find(name)
        except Broken as broken:
            missing.append(str(broken))
    if missing:
        raise Broken("\n".join(missing))


def run(command: list[str], folder: Path = ROOT, **env: str) -> str:
    """Runs a command to its end and gives its output; Broken when it fails."""
    everything = {**os.environ, **env}
    done = subprocess.run(command, cwd=folder, env=everything, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Broken(f"{' '.join(map(str, command))} failed:\n{(done.stderr or done.stdout)[-3000:]}")
    return done.stdout


def show(command: list[str], folder: Path = ROOT, **env: str) -> None:
    """Runs a command whose progress is worth seeing."""
    print(f"$ {' '.join(map(str, command))}", flush=True)
    if subprocess.run(command, cwd=folder, env={**os.environ, **env}, check=False).returncode != 0:
        raise Broken(f"{' '.join(map(str, command))} failed")
